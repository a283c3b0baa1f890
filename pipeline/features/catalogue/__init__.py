"""Every feature there is, by topic."""

from pipeline.features.catalogue.channels import CHANNELS
from pipeline.features.catalogue.contacts import (
    ENGAGEMENT,
    LOYALTY,
    PERMISSIONS,
    REFERRALS,
    SATISFACTION,
    SERVICE,
    VISITS,
)
from pipeline.features.catalogue.money import BASKET, FIRST_ORDER, MONEY, RETURNS
from pipeline.features.catalogue.people import DEMOGRAPHICS
from pipeline.features.catalogue.products import ASSORTMENT, CAMPAIGNS, COUPONS, DISCOUNTS
from pipeline.features.catalogue.rhythm import RHYTHM
from pipeline.features.catalogue.season import CALENDAR, SEASON
from pipeline.features.catalogue.timing import FREQUENCY, RECENCY, TENURE

ORDER_LOG = (RECENCY, RHYTHM, FREQUENCY, MONEY, TENURE, CALENDAR, SEASON, BASKET, FIRST_ORDER, RETURNS)
"""What every shop has."""

OPTIONAL = (
    CHANNELS,
    DISCOUNTS,
    ASSORTMENT,
    COUPONS,
    CAMPAIGNS,
    ENGAGEMENT,
    VISITS,
    SERVICE,
    SATISFACTION,
    LOYALTY,
    PERMISSIONS,
    REFERRALS,
    DEMOGRAPHICS,
)
"""What needs a column of the order log, or a table, that not every shop has."""

TOPICS = (*ORDER_LOG, *OPTIONAL)

TABLES = tuple(dict.fromkeys(table for topic in OPTIONAL for table in topic.tables))
"""The tables that these are made from."""

__all__ = ["DEMOGRAPHICS", "OPTIONAL", "ORDER_LOG", "TABLES", "TOPICS"]
