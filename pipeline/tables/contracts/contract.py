"""What a contract is made of, and how a finished table is held against it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from pipeline.tables.columns import as_numbers

Kind = Literal["key", "text", "time", "money", "number", "count", "flag"]

DECIMALS = pa.decimal64(18, 4), pa.decimal128(18, 4)


def _is_text(kind: pa.DataType) -> bool:
    """Tell text, also where each value is held once or none is there."""
    text = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(text) or types.is_large_string(text) or types.is_null(text))


KIND_CHECKS: dict[Kind, Callable[[Any], bool]] = {
    "key": _is_text,
    "text": _is_text,
    "time": lambda kind: types.is_timestamp(kind) and kind.tz is None,
    "money": lambda kind: kind in DECIMALS,
    "number": lambda kind: kind in DECIMALS,
    "count": types.is_integer,
    "flag": types.is_boolean,
}


class ContractError(ValueError):
    """A table that does not keep its contract: a defect of the code that made it."""


@dataclass(frozen=True)
class Reference:
    """A table in which the value of a column should be found.

    Attributes
    ----------
    table : str
        A table with a single column as its key; "orders" means the customers with an accepted order,
        "customers" these and the customers table.
    required : bool
        A row whose value is not found there goes to quarantine; else it is accepted and counted.
    """

    table: str
    required: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : str
        "key" is an id of a person or of something one person did: personal data, never written as it is.
        "number" has up to 4 decimals, "count" is whole.
    description : str
    unit : str
    nullable : bool
        It may be empty, and a source need not have it.
    minimum, maximum : int, optional
        Bounds of a number, inclusive.
    allowed : tuple of str
        The only values of a text, in lower case; empty: any.
    entity : str
        What a key identifies: it is written as a pseudonym, equal for equal ids in every table. Empty: the
        key only tells rows apart and is not written.
    reference : Reference, optional
    known_from : str
        The time column at which the value becomes known; before it the value is hidden.
    planned : bool
        A time that may lie ahead, known from the row's beginning.
    feeds : tuple of str
        What of the table's `feeds`, or besides, cannot be had without this column.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    nullable: bool = False
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[str, ...] = ()
    entity: str = ""
    reference: Reference | None = None
    known_from: str = ""
    planned: bool = False
    feeds: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The name in our table: customer_id becomes customer_key."""
        return self.name.removesuffix("_id") + "_key" if self.entity else self.name

    @property
    def is_written(self) -> bool:
        """Whether our table has it."""
        return self.kind != "key" or bool(self.entity)


@dataclass(frozen=True)
class Check:
    """A rule over several columns: the row breaks it where `breaks`, SQL over our columns, is true."""

    rule: str
    column: str
    breaks: str
    reason: str


@dataclass(frozen=True)
class Contract:
    """One table.

    Attributes
    ----------
    name : str
    grain : str
        What a row is.
    primary_key : tuple of str
        What identifies a row; empty if rows may repeat.
    columns : tuple of Column
        In order.
    event_time : str
        The time column by which rows at or after the as-of date are hidden; empty: nothing is hidden.
    is_binding : bool
        Whether what the rows say has to be obeyed: none is hidden, whatever its date, and one that cannot be
        read, or has not been said yet, stops the run instead of going to quarantine alone.
    checks : tuple of Check
    needs : tuple of str
        Tables without which this one cannot be placed in time.
    feeds : tuple of str
        What the table switches on: features, KPIs, fields.
    """

    name: str
    grain: str
    primary_key: tuple[str, ...]
    columns: tuple[Column, ...]
    event_time: str = ""
    is_binding: bool = False
    checks: tuple[Check, ...] = ()
    needs: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()

    @property
    def is_of_sales(self) -> bool:
        """Whether a row belongs to a sale, so that its customer has to be known."""
        return any(c.entity == "customer" and c.reference and c.reference.required for c in self.columns)

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return self.columns[self.names.index(name)]

    def switched_off(self, missing: Collection[str]) -> dict[str, list[str]]:
        """Name, for each of the missing columns that counts, what cannot be had without it."""
        lost = (column for column in self.columns if column.name in missing and column.feeds)
        return {column.name: list(column.feeds) for column in lost}

    def as_written(self) -> Contract:
        """Return the contract of the table we write: pseudonyms in place of ids."""
        written = {column.name: column.written for column in self.columns if column.is_written}
        return replace(
            self,
            columns=tuple(replace(self.column(name), name=ours) for name, ours in written.items()),
            primary_key=tuple(written[name] for name in self.primary_key if name in written),
        )


def check(rows: pd.DataFrame | pa.Table, contract: Contract) -> None:
    """Compare a table with its contract.

    Raises
    ------
    ContractError
        Naming the table, the column and what was found instead.
    """
    table = pa.Table.from_pandas(rows, preserve_index=False) if isinstance(rows, pd.DataFrame) else rows
    if table.column_names != contract.names:
        raise ContractError(f"{contract.name}: columns {table.column_names}, promised {contract.names}")
    for column in contract.columns:
        values, place = table[column.name], f"{contract.name}.{column.name}"
        if not KIND_CHECKS[column.kind](values.type):
            raise ContractError(f"{place}: {values.type}, promised {column.kind}")
        if not column.nullable and values.null_count:
            raise ContractError(f"{place}: {values.null_count} values missing, promised none")
        if column.minimum is not None and (low := _where(values, pc.less, column.minimum)):
            raise ContractError(f"{place}: {min(low)}, promised at least {column.minimum}")
        if column.maximum is not None and (high := _where(values, pc.greater, column.maximum)):
            raise ContractError(f"{place}: {max(high)}, promised at most {column.maximum}")
        if column.allowed and not set(values.unique().drop_null().to_pylist()) <= set(column.allowed):
            raise ContractError(f"{place}: a value other than {', '.join(column.allowed)}")
    key = list(contract.primary_key)
    if key and (known := table.select(key).drop_null()).num_rows > known.group_by(key).aggregate([]).num_rows:
        raise ContractError(f"{contract.name}: rows repeat the key {contract.primary_key}")


def _where(values: pa.ChunkedArray, is_beyond: Callable[[Any, int], Any], bound: int) -> list[Any]:
    """Return the values that are beyond a bound."""
    # Arrow has no comparison of decimals of 8 bytes: it makes all twice as large first.
    is_short = types.is_decimal64(values.type)
    numbers, bound = (as_numbers(values), bound * 10**values.type.scale) if is_short else (values, bound)
    found = is_beyond(numbers, bound)
    return values.filter(found).to_pylist() if pc.any(found).as_py() else []
