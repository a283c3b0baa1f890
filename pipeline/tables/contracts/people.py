"""Who the customers are and how they are bound to the shop."""

from __future__ import annotations

from pipeline.privacy.consent import CHANNELS, MARKETING, PROFILING, WORDS
from pipeline.tables.contracts.contract import Check, Column, Contract, Reference
from pipeline.tables.contracts.orders import ORDER, customer


def _attribute(name: str, description: str, *feeds: str) -> Column:
    return Column(name, "text", description, nullable=True, feeds=feeds)


CUSTOMERS = Contract(
    name="customers",
    grain="one customer, as known today",
    primary_key=("customer_id",),
    columns=(
        customer(Reference("orders")),
        Column("created_at", "time", "When the account was opened", nullable=True),
        _attribute(
            "acquisition_channel", "What brought the customer", "model quality by channel and country"
        ),
        Column(
            "account_type",
            "text",
            "Consumer or business; orders of the shop's own accounts are left out",
            nullable=True,
            allowed=("b2c", "b2b", "test", "employee"),
            feeds=("test accounts left out",),
        ),
        Column(
            "is_test",
            "flag",
            "An account of testers or employees: its orders are left out",
            nullable=True,
            feeds=("test accounts left out",),
        ),
        _attribute("country", "Country of the account", "model quality by channel and country"),
        _attribute("postal_region", "First digits of the postcode, never all of it"),
        Column(
            "birth_year", "count", "Year of birth", unit="year", nullable=True, minimum=1900, maximum=2100
        ),
        _attribute("age_group", "Age band"),
        _attribute("income_group", "Income band"),
        _attribute("home_ownership", "Owner or renter"),
        _attribute("marital_status", "Married or not"),
        _attribute("household_size", "Persons, or a band"),
        _attribute("household_type", "Adults and children"),
        _attribute("children", "Children, or a band"),
    ),
    event_time="created_at",
    feeds=("test accounts left out", "model quality by channel and country"),
)

LOYALTY_LEDGER = Contract(
    name="loyalty_ledger",
    grain="one booking of points; rows may repeat",
    primary_key=(),
    columns=(
        customer(),
        Column("booked_at", "time", "When it was booked"),
        Column("kind", "text", "What for", allowed=("welcome", "earn", "redeem", "expire", "adjust")),
        Column("points", "count", "Points given; below zero when taken away", unit="points"),
        ORDER,
    ),
    event_time="booked_at",
    checks=(
        Check(
            "wrong_sign",
            "points",
            "(kind IN ('welcome', 'earn') AND points < 0) OR (kind IN ('redeem', 'expire') AND points > 0)",
            "Points are above zero when given (welcome, earn), below zero when taken (redeem, expire).",
        ),
    ),
    feeds=("points balance",),
)

REFERRALS = Contract(
    name="referrals",
    grain="one recommendation; rows may repeat",
    primary_key=(),
    columns=(
        Column("referrer_id", "key", "Who recommended", entity="customer", reference=Reference("customers")),
        Column("shared_at", "time", "When"),
        Column("share_channel", "text", "Where", nullable=True),
        Column("signed_up_at", "time", "When somebody signed up for it", nullable=True),
        Column(
            "referee_id",
            "key",
            "Who signed up",
            nullable=True,
            entity="customer",
            reference=Reference("customers"),
            known_from="signed_up_at",
            feeds=("customers brought by recommendation",),
        ),
        Column("first_order_at", "time", "When that customer first bought", nullable=True),
        Column(
            "reward",
            "money",
            "What the referrer got for it",
            unit="currency",
            nullable=True,
            minimum=0,
            known_from="first_order_at",
        ),
    ),
    event_time="shared_at",
    checks=(
        Check(
            "self_referral", "referee_id", "referee_id = referrer_id", "Somebody recommended to themselves."
        ),
    ),
    feeds=("customers brought by recommendation",),
)

CONSENTS = Contract(
    name="consents",
    grain="one change of one customer's consent to one purpose",
    # Two words of one moment do not contradict each other: the refusal counts, see privacy/consent.py.
    primary_key=(),
    columns=(
        customer(),
        Column(
            "purpose",
            "text",
            "What it is about; marketing is advertising as a whole: refused, it refuses every channel not "
            "granted later, granted it names none; ads are those on other pages",
            allowed=(*CHANNELS, MARKETING, "ads", PROFILING, "surveys"),
        ),
        Column("status", "text", "What it now is", allowed=WORDS),
        Column("changed_at", "time", "Since when"),
        Column("origin", "text", "Where it was given: checkout, preference centre …", nullable=True),
    ),
    event_time="changed_at",
    is_binding=True,
    feeds=("purposes granted and refused", "who may be contacted in the export"),
)

SUBSCRIPTIONS = Contract(
    name="subscriptions",
    grain="one contract of one customer",
    primary_key=("subscription_id",),
    columns=(
        Column("subscription_id", "key", "The contract", nullable=True),
        customer(),
        Column("started_at", "time", "When it began"),
        Column(
            "ends_at",
            "time",
            "When it ends by its terms",
            nullable=True,
            planned=True,
        ),
        Column(
            "cancelled_at",
            "time",
            "When the customer cancelled",
            nullable=True,
            feeds=("contracts cancelled",),
        ),
        Column("amount_per_month", "money", "Fee", unit="currency a month", nullable=True, minimum=0),
    ),
    event_time="started_at",
    feeds=("contracts cancelled",),
    checks=(Check("ends_before_start", "ends_at", "ends_at < started_at", "Ends before it begins."),),
)

EXPERIMENTS = Contract(
    name="experiments",
    grain="one customer assigned to one arm of one experiment",
    primary_key=("experiment_id", "customer_id"),
    columns=(
        Column("experiment_id", "text", "The experiment"),
        customer(),
        Column("arm", "text", "What the customer gets", allowed=("treatment", "control", "holdout")),
        Column("assigned_at", "time", "When it was drawn"),
    ),
    event_time="assigned_at",
)
