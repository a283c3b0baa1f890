"""What a contract is made of, and how a finished table is held against it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd
from pandas.api import types

Kind = Literal["key", "text", "time", "money", "number", "count", "flag"]

DECIMAL = "decimal128(18, 4)[pyarrow]"


def _is_text(dtype: Any) -> bool:
    """Tell text, also where each value is held once."""
    return types.is_string_dtype(dtype.categories if isinstance(dtype, pd.CategoricalDtype) else dtype)


KIND_CHECKS: dict[Kind, Callable[[Any], bool]] = {
    "key": _is_text,
    "text": _is_text,
    "time": types.is_datetime64_dtype,
    "money": lambda dtype: str(dtype) == DECIMAL,
    "number": lambda dtype: str(dtype) == DECIMAL,
    "count": types.is_integer_dtype,
    "flag": types.is_bool_dtype,
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
        if column.maximum is not None and (values > column.maximum).any():
            raise ContractError(f"{place}: {values.max()}, promised at most {column.maximum}")
        if column.allowed and not values.dropna().isin(column.allowed).all():
            raise ContractError(f"{place}: a value other than {', '.join(column.allowed)}")
    key = list(contract.primary_key)
    if key and frame.dropna(subset=key).duplicated(key).any():
        raise ContractError(f"{contract.name}: rows repeat the key {contract.primary_key}")
