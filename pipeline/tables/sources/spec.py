"""What a source is to the readers: any object with these attributes, such as a section of params.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Since(Protocol):
    """A watermark: only rows whose column is at or after the value are read."""

    @property
    def column(self) -> str: ...
    @property
    def value(self) -> int | str: ...


class Source(Protocol):
    """Where a table's rows are and how they are written; "auto" means: decided over all rows.

    Attributes
    ----------
    path : str or None
        Relative to the project, absolute, a glob, ``package:NAME/FILE`` (a file inside a package), or
        ``s3://…`` and the like. None when there is a url.
    url : str or None
        Of a database, with ``$NAME`` for what comes from the environment.
    table, query : str or None
        What to read of the database; one of them.
    since : Since or None
        The watermark, for a database.
    sheet : str or None
        Of a spreadsheet, or a pattern of several with the same header; None is the first.
    delimiter : str
        "auto", ",", ";", "\\t", "|" or "whitespace".
    encoding : str
        "auto" or a name Python knows.
    decimal : str
        "auto", "." or ",".
    date_format : str
        "auto" or a strptime format.
    """

    @property
    def path(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def table(self) -> str | None: ...
    @property
    def query(self) -> str | None: ...
    @property
    def since(self) -> Since | None: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def decimal(self) -> str: ...
    @property
    def date_format(self) -> str: ...


class OrderColumns(Protocol):
    """The source's names of the columns of an order log."""

    @property
    def customer_id(self) -> str: ...
    @property
    def ordered_at(self) -> str: ...
    @property
    def amount(self) -> str | None: ...
    @property
    def unit_price(self) -> str | None: ...
    @property
    def quantity(self) -> str | None: ...
    @property
    def order_id(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def is_test(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def product_id(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...


class OrderSource(Source, Protocol):
    """An order log: a source with its columns."""

    @property
    def columns(self) -> OrderColumns: ...


class TableSource(Source, Protocol):
    """An optional table.

    Attributes
    ----------
    columns : mapping of str to str or None
        Our name of a column to the source's.
    words : mapping of str to mapping of str to str
        For a column with a list of values: the source's word to ours.
    """

    @property
    def columns(self) -> Mapping[str, str | None]: ...
    @property
    def words(self) -> Mapping[str, Mapping[str, str]]: ...


class IdMapColumns(Protocol):
    """The source's names of the columns of an id map."""

    @property
    def from_id(self) -> str: ...
    @property
    def customer_id(self) -> str: ...


class IdMapSource(Source, Protocol):
    """An id map: a source with its columns."""

    @property
    def columns(self) -> IdMapColumns: ...


class RateColumns(Protocol):
    """The source's names of the columns of exchange rates."""

    @property
    def day(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def rate(self) -> str: ...


class RateSource(Source, Protocol):
    """Exchange rates: a source with its columns."""

    @property
    def columns(self) -> RateColumns: ...


def title(spec: Source) -> str:
    """Name what a source reads, for messages: never an address."""
    return spec.path or (f"table {spec.table}" if spec.table else "query")


def order_columns(spec: OrderSource) -> dict[str, str | None]:
    """Return our name to theirs for every column of an order log, None where the source has none.

    Where the log has the price of a unit, that is the amount, until it is multiplied by the quantity.
    """
    columns = spec.columns
    return {
        "customer_id": columns.customer_id,
        "ordered_at": columns.ordered_at,
        "amount": columns.amount or columns.unit_price,
        "quantity": columns.quantity,
        "order_id": columns.order_id,
        "status": columns.status,
        "is_test": columns.is_test,
        "currency": columns.currency,
        "product_id": columns.product_id,
        "channel": columns.channel,
    }
