"""The tables that the ingest stage writes for every shop."""

from __future__ import annotations

from dataclasses import replace

from pipeline.tables.contracts.contract import Column, Contract

_CUSTOMER = Column("customer_key", "text", "Pseudonym of the customer")
_AMOUNT = "sum over the lines, in the one currency of the log, up to 4 decimals"

ORDERS = Contract(
    name="orders",
    grain="one order: one purchase occasion, its lines summed; sorted by all columns",
    primary_key=(),
    columns=(
        _CUSTOMER,
        Column(
            "ordered_at",
            "time",
            "Time of the earliest line",
            unit="local time of ingest.timezone; without it UTC when the source has offsets, else as written",
        ),
        Column("amount", "money", f"What was paid, before returns: {_AMOUNT}", unit="currency", minimum=0),
        Column("lines", "count", "Rows of the source that make up the order", unit="rows", minimum=1),
        Column("channel", "text", "Where it was bought, if the source tells", nullable=True),
    ),
)

RETURNS = Contract(
    name="returns",
    grain="one return: an order whose lines sum to less than nothing, or a row of sources.returns; "
    "sorted by all columns",
    primary_key=(),
    columns=(
        _CUSTOMER,
        Column("returned_at", "time", "Time of the earliest line", unit="as ordered_at"),
        Column("amount", "money", f"What was paid back, below zero: {_AMOUNT}", unit="currency"),
        Column("ordered_at", "time", "The order it is taken from", unit="as ordered_at", nullable=True),
        Column(
            "matched_by",
            "text",
            "How that order was found",
            allowed=("order_id", "product", "amount", "latest", "day", "none"),
        ),
        Column(
            "netted", "money", "What it takes from it: no order falls below zero", unit="currency", minimum=0
        ),
        Column("orders_undone", "count", "Orders of which it leaves nothing", unit="orders", minimum=0),
        Column("lines_undone", "count", "Their lines", unit="rows", minimum=0),
    ),
)

QUARANTINE = Contract(
    name="quarantine",
    grain="one row of a source that was not accepted, under the first rule it broke",
    primary_key=("source", "line"),
    columns=(
        Column("source", "text", "The file"),
        Column(
            "line", "count", "Physical line it starts on; the row number in Parquet", unit="from 1", minimum=1
        ),
        Column("column", "text", "The source's name of the column at fault", nullable=True),
        Column("our_column", "text", "Our name of it", nullable=True),
        Column("rule", "text", "The first rule it broke; pipeline/tables/rules.py lists them"),
        Column("reason", "text", "The rule as a sentence"),
        Column(
            "value_class", "text", "What kind of value was found; never the value, it may be personal data"
        ),
    ),
)

ALL_QUARANTINED = replace(
    QUARANTINE,
    primary_key=("table", "source", "line"),
    columns=(Column("table", "text", "The table the source was read as"), *QUARANTINE.columns),
)
