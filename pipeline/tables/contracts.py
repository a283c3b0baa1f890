"""What each table promises: its grain, its key and its columns, in a form people can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from pandas.api import types

Kind = Literal["text", "time", "money", "count"]

KIND_CHECKS: dict[Kind, Callable[[Any], bool]] = {
    "text": types.is_string_dtype,
    "time": types.is_datetime64_dtype,
    "money": lambda dtype: str(dtype) == "decimal128(18, 4)[pyarrow]",
    "count": types.is_integer_dtype,
}


class ContractError(ValueError):
    """A table that does not keep its contract: a defect of the code that made it."""


@dataclass(frozen=True)
class Column:
    """One column: its kind, what it holds, its unit, whether it may be empty and its smallest value."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    nullable: bool = False
    minimum: int | None = None


@dataclass(frozen=True)
class Contract:
    """One table: what a row is, what identifies it (nothing if rows may repeat), its columns in order."""

    name: str
    grain: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]


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
    ),
)

RETURNS = Contract(
    name="returns",
    grain="one order whose lines sum to less than nothing; sorted by all columns",
    primary_key=(),
    columns=(
        _CUSTOMER,
        Column("returned_at", "time", "Time of the earliest line", unit="as ordered_at"),
        Column("amount", "money", f"What was paid back, below zero: {_AMOUNT}", unit="currency"),
        Column("ordered_at", "time", "The order it is taken from", unit="as ordered_at", nullable=True),
        Column("matched_by", "text", "How that order was found: order_id, amount, latest, day or none"),
        Column("netted", "money", "What it takes from it: no order falls below zero", "currency", minimum=0),
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
        Column("rule", "text", "The first rule it broke; pipeline/tables/rules.py lists them"),
        Column("reason", "text", "The rule as a sentence"),
        Column(
            "value_class", "text", "What kind of value was found; never the value, it may be personal data"
        ),
    ),
)


def check(frame: pd.DataFrame, contract: Contract) -> None:
    """Compare a table with its contract.

    Raises
    ------
    ContractError
        Naming the table, the column and what was found instead.
    """
    if list(frame.columns) != contract.names:
        raise ContractError(f"{contract.name}: columns {list(frame.columns)}, promised {contract.names}")
    for column in contract.columns:
        values, place = frame[column.name], f"{contract.name}.{column.name}"
        if not KIND_CHECKS[column.kind](values.dtype):
            raise ContractError(f"{place}: {values.dtype}, promised {column.kind}")
        if not column.nullable and values.isna().any():
            raise ContractError(f"{place}: {values.isna().sum()} values missing, promised none")
        if column.minimum is not None and (values < column.minimum).any():
            raise ContractError(f"{place}: {values.min()}, promised at least {column.minimum}")
    if contract.primary_key and frame.duplicated(list(contract.primary_key)).any():
        raise ContractError(f"{contract.name}: rows repeat the key {contract.primary_key}")
