"""What the shop is bought from: its order log, required, and the tables about what was bought."""

from __future__ import annotations

from dataclasses import replace

from pipeline.tables.contracts.contract import Check, Column, Contract, Reference

ANY_CUSTOMER = Reference("customers")
KNOWN_CUSTOMER = Reference("customers", required=True)
PRODUCT = Column("product_id", "text", "The product", nullable=True, reference=Reference("products"))
SOLD_PRODUCT = replace(PRODUCT, feeds=("category affinity",))
RETURNED_PRODUCT = replace(PRODUCT, feeds=("returns matched by product",))
ORDER = Column("order_id", "key", "The order", nullable=True, entity="order")
RETURNED_ORDER = replace(ORDER, feeds=("returns matched by order",))


def customer(reference: Reference = ANY_CUSTOMER) -> Column:
    """Return the column that says whose row it is."""
    return Column("customer_id", "key", "The customer", entity="customer", reference=reference)


ORDER_LOG = Contract(
    name="orders",
    grain="one order, or one order line where order_id is mapped: lines are summed to orders",
    primary_key=(),
    columns=(
        Column("customer_id", "key", "The customer", entity="customer"),
        Column("ordered_at", "time", "When the customer bought", unit="as written, UTC with an offset"),
        Column("amount", "money", "What was paid; below zero for money given back", unit="currency"),
        Column(
            "unit_price",
            "money",
            "In place of amount: the price of one unit, of which quantity were bought",
            unit="currency",
            nullable=True,
        ),
        Column(
            "quantity", "number", "Units bought at unit_price; below zero for those returned", nullable=True
        ),
        Column(
            "order_id",
            "text",
            "Rows that share it are lines of one order; not kept",
            nullable=True,
            feeds=("lines summed to orders", "returns matched by order"),
        ),
        Column(
            "status",
            "text",
            "Orders with one of ingest.cancelled_status are left out",
            nullable=True,
            feeds=("cancelled orders left out",),
        ),
        Column(
            "is_test",
            "flag",
            "Test and employee accounts are left out",
            nullable=True,
            feeds=("test accounts left out",),
        ),
        Column(
            "currency",
            "text",
            "ISO 4217 code of the amount; empty: report.currency",
            nullable=True,
            feeds=("several currencies",),
        ),
        Column(
            "product_id",
            "text",
            "Finds the order of a return that has no order id",
            nullable=True,
            feeds=("returns matched by product",),
        ),
        Column(
            "channel",
            "text",
            "Where it was bought: web, shop, phone …; of the lines of one order the first by name",
            nullable=True,
            feeds=("channel mix",),
        ),
    ),
    event_time="ordered_at",
    feeds=("everything",),
)

ORDER_LINES = Contract(
    name="order_lines",
    grain="one line of an order; rows may repeat",
    primary_key=(),
    columns=(
        Column("order_id", "key", "The order", entity="order"),
        customer(KNOWN_CUSTOMER),
        Column("ordered_at", "time", "When the customer bought"),
        SOLD_PRODUCT,
        Column(
            "amount", "money", "What was paid for the line; below zero for money given back", unit="currency"
        ),
        Column("quantity", "number", "How much of the product", unit="pieces, kg …", nullable=True),
        Column("channel", "text", "Where it was bought, for lines that are the order log", nullable=True),
        Column(
            "discount",
            "money",
            "What was taken off the list price",
            unit="currency",
            nullable=True,
            minimum=0,
            feeds=("discount share",),
        ),
        Column(
            "unit_cost",
            "money",
            "What one unit cost the shop",
            unit="currency",
            nullable=True,
            minimum=0,
        ),
    ),
    event_time="ordered_at",
    feeds=("category affinity", "discount share"),
)

PRODUCTS = Contract(
    name="products",
    grain="one product",
    primary_key=("product_id",),
    columns=(
        Column("product_id", "text", "The product"),
        Column("department", "text", "Its department, the coarsest group", nullable=True),
        Column("category", "text", "Its category", nullable=True, feeds=("category affinity",)),
        Column("subcategory", "text", "Its category, one level finer", nullable=True),
        Column("brand", "text", "Its brand", nullable=True),
        Column(
            "unit_cost",
            "money",
            "What one unit costs the shop",
            unit="currency",
            nullable=True,
            minimum=0,
        ),
    ),
    feeds=("category affinity",),
)

RETURNS_TABLE = Contract(
    name="returns",
    grain="one return",
    primary_key=("return_id",),
    columns=(
        Column("return_id", "key", "The return", nullable=True),
        customer(KNOWN_CUSTOMER),
        Column("returned_at", "time", "When it came back"),
        RETURNED_ORDER,
        RETURNED_PRODUCT,
        Column("amount", "money", "What was given back", unit="currency", minimum=0),
        Column("quantity", "number", "How much came back", unit="pieces, kg …", nullable=True, minimum=0),
        Column("reason", "text", "Why, from the shop's list of reasons", nullable=True),
    ),
    event_time="returned_at",
    feeds=("orders net of returns", "return rate"),
)

CAMPAIGNS = Contract(
    name="campaigns",
    grain="one campaign",
    primary_key=("campaign_id",),
    columns=(
        Column("campaign_id", "text", "The campaign"),
        Column("kind", "text", "Its type", nullable=True),
        Column("starts_at", "time", "When it begins; before, nothing of it is known"),
        Column("ends_at", "time", "When it is planned to end", nullable=True, planned=True),
    ),
    event_time="starts_at",
    checks=(Check("ends_before_start", "ends_at", "ends_at < starts_at", "Ends before it begins."),),
    feeds=("campaigns that address a customer",),
)

CAMPAIGN_MEMBERS = Contract(
    name="campaign_members",
    grain="one customer whom one campaign addresses",
    primary_key=("campaign_id", "customer_id"),
    columns=(
        Column("campaign_id", "text", "The campaign", reference=Reference("campaigns", required=True)),
        customer(),
    ),
    needs=("campaigns",),
    feeds=("campaigns that address a customer",),
)

COUPON_REDEMPTIONS = Contract(
    name="coupon_redemptions",
    grain="one coupon used by one customer; rows may repeat",
    primary_key=(),
    columns=(
        customer(KNOWN_CUSTOMER),
        Column("redeemed_at", "time", "When it was used"),
        Column("coupon_id", "text", "The coupon", nullable=True),
        Column(
            "campaign_id",
            "text",
            "Its campaign",
            nullable=True,
            reference=Reference("campaigns"),
        ),
        ORDER,
        Column("amount", "money", "What it took off", unit="currency", nullable=True, minimum=0),
    ),
    event_time="redeemed_at",
    feeds=("share of orders with a coupon",),
)
