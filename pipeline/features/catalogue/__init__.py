"""Every feature there is, by topic."""

from pipeline.features.catalogue.money import BASKET, FIRST_ORDER, MONEY, RETURNS
from pipeline.features.catalogue.season import CALENDAR, SEASON
from pipeline.features.catalogue.timing import FREQUENCY, RECENCY, RHYTHM, TENURE

TOPICS = (RECENCY, RHYTHM, FREQUENCY, MONEY, TENURE, CALENDAR, SEASON, BASKET, FIRST_ORDER, RETURNS)

__all__ = ["TOPICS"]
