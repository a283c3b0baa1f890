"""What a source is to the readers: any object with these attributes, such as a section of params.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Source(Protocol):
    """Where a table's rows are and how they are written; "auto" means: decided over all rows.

    Attributes
    ----------
    path : str
        Relative to the project, absolute, a glob, or ``package:NAME/FILE`` (a file inside a package).
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
    def path(self) -> str: ...  # noqa: D102
    @property
    def delimiter(self) -> str: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def decimal(self) -> str: ...  # noqa: D102
    @property
    def date_format(self) -> str: ...  # noqa: D102


class OrderColumns(Protocol):
    """The source's names of the columns of an order log."""

    @property
    def customer_id(self) -> str: ...  # noqa: D102
    @property
    def ordered_at(self) -> str: ...  # noqa: D102
    @property
    def amount(self) -> str: ...  # noqa: D102
    @property
    def order_id(self) -> str | None: ...  # noqa: D102


class OrderSource(Source, Protocol):
    """An order log: a source with its columns."""

    @property
    def columns(self) -> OrderColumns: ...  # noqa: D102


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
    def columns(self) -> Mapping[str, str | None]: ...  # noqa: D102
    @property
    def words(self) -> Mapping[str, Mapping[str, str]]: ...  # noqa: D102
