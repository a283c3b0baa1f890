"""The log that is looked at, and what a detector has to say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier
from pipeline.tables import dates
from pipeline.tables.amounts import SHAPES
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import ENOUGH, Column, Guess
from pipeline.tables.sources.raw import fill
from pipeline.tables.sources.readers import TIMES, Raw
from pipeline.tables.sources.spec import Source

WHERE = "sources.orders"
FEWEST_ORDERS = 20
SOME = 20  # kinds of something that can be listed
NEARLY_ALL = 0.95
MANY_AMOUNTS = 200
NUMBER = "TRY_CAST(replace(number_text({column}), ',', '.') AS DOUBLE)"  # NULL where thousands are parted
DECIMALS = r"[.,](\d\d|[1-9]|\d{4,})$"  # not 1.234, which may be more than a thousand
NO_DECIMALS = r"[.,]0{4,}$"


@dataclass(frozen=True)
class Advice:
    """What a detector has found.

    Attributes
    ----------
    about : str
        What it is about; of a question, the parameter.
    told : str
        The finding with its evidence, or the question.
    asks : bool
        Whether only a person can decide it.
    settings : mapping of str to str
        How the source is written, for the parameters.
    change : Change, optional
        What the query in the snippet does about it.
    offer : Change, optional
        What a query would do that is not to be pasted unread; it is told after the finding.
    refund : Refund, optional
        What the snippet takes off as the table of returns.
    """

    about: str
    told: str
    asks: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None
    offer: Change | None = None
    refund: Refund | None = None


@dataclass(frozen=True)
class Refund:
    """The column of what was refunded, and the rows in which there is any."""

    column: str
    change: Change


def question(about: str, told: str, *, change: Change | None = None, offer: Change | None = None) -> Advice:
    """Ask what only a person can decide."""
    return Advice(about, f"{about}: {told}", asks=True, change=change, offer=offer)


@dataclass(frozen=True)
class Log:
    """A log of orders: its rows are the view ``raw`` of the connection.

    Attributes
    ----------
    con : duckdb.DuckDBPyConnection
        With the macros that read amounts.
    spec : Source
        Where it is, and what is known of the way it is written.
    raw : Raw
        What was read; of its rows, those that count.
    columns : tuple of Column
    guesses : mapping of role to Guess or None
        Without a role there is no question of it: of amount, or of unit_price and quantity.
    cancelled : set of str
        States that are known to be of orders that came to nothing, case-folded.
    """

    con: Connection
    spec: Source
    raw: Raw
    columns: tuple[Column, ...] = ()
    guesses: Mapping[str, Guess | None] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()

    def column(self, *roles: str) -> Column | None:
        """Return the column of the first of some roles that has one."""
        found = (guess for role in roles if (guess := self.guesses.get(role)))
        return next((guess.column for guess in found), None)

    @property
    def paid(self) -> list[Column]:
        """The columns of what was paid: an amount, or a price and how many."""
        return [column for role in ("amount", "unit_price", "quantity") if (column := self.column(role))]

    @property
    def rows(self) -> int:
        """How many rows count."""
        return int(self.raw.rows.num_rows)

    @property
    def free(self) -> list[Column]:
        """The columns that are filled and are nothing yet."""
        taken = [guess.column for guess in self.guesses.values() if guess]
        return [column for column in self.columns if column.filled and column not in taken]

    @property
    def other_numbers(self) -> list[Column]:
        """Those of them that hold numbers."""
        return [column for column in self.free if column.numbers >= ENOUGH > column.dates]

    def added(self, role: str, sql: str) -> Change:
        """Add a value under the name of its role, or the next that no column has."""
        names = {name.lower() for file in self.raw.files for name in file.names}
        free = (role, *(f"{role}_{n}" for n in range(2, len(names) + 3)))
        return Change(added=sql, role=role, name=next(name for name in free if name not in names))

    def text(self, column: Column) -> str:
        """Write the value of a column as text: a text file is read as texts, and a sheet saved as one."""
        is_text = self.raw.delimiters or self.raw.encodings == "excel"
        return identifier(column.name) if is_text else f"CAST({identifier(column.name)} AS VARCHAR)"

    def is_filled(self, column: Column) -> str:
        """Write the condition that a value is there, and not blank."""
        return f"trim({self.text(column)}) <> ''"

    def is_empty(self, column: Column) -> str:
        """Write the condition that there is none."""
        return f"coalesce(trim({self.text(column)}), '') = ''"

    def ask(self, statement: str, name: str) -> list[tuple[Any, ...]]:
        """Run a SELECT over ``raw``."""
        return duck.run(self.con, statement, name=name).fetchall()

    def values(self, column: Column) -> list[str]:
        """List the different values of a column."""
        statement = f"SELECT DISTINCT {column.key} FROM raw WHERE {column.key} <> '' ORDER BY 1"
        return [value for (value,) in self.ask(statement, "kinds")]

    def only(self, chosen: pa.ChunkedArray) -> Log:
        """Keep the chosen rows."""
        rows = self.raw.rows.filter(chosen)
        duck.register(self.con, "raw_rows", rows)
        fill(self.con, "raw", self.raw.columns)
        return replace(self, raw=replace(self.raw, rows=rows))

    def described(self) -> Log:
        """Look at every column of the rows that count."""
        named = self.raw.columns.items()
        return replace(self, columns=tuple(self._describe(key, name or "") for key, name in named))

    def _describe(self, key: str, name: str) -> Column:
        shapes = " OR ".join(f"regexp_full_match(number, '{shape}')" for shape in SHAPES.values())
        decimals = f"regexp_matches(number, '{DECIMALS}') AND NOT regexp_matches(number, '{NO_DECIMALS}')"
        counted = f"""
            SELECT count(*), count(DISTINCT value), count(*) FILTER (WHERE {shapes}),
                   count(*) FILTER (WHERE ({shapes}) AND {decimals}),
                   count(*) FILTER (WHERE regexp_full_match(value, '\\d+\\.0'))
            FROM (SELECT {key} AS value, number_text({key}) AS number FROM raw WHERE {key} <> '')"""
        [(filled, distinct, numbers, decimals, floats)] = self.ask(counted, "values of a column")
        of = max(filled, 1)
        typed = self.raw.typed_as(TIMES, key)
        read = 1.0 if typed else dates.share_read(self.con, key)
        numbers = 0 if typed else numbers
        return Column(key, name, filled, distinct, read, numbers / of, decimals / of, floats / of)


def is_varied(different: int, orders: int) -> bool:
    """Tell whether amounts differ so much between orders that equal ones on an order's lines are no chance.

    Where all cost the same, as tickets do, they are equal without being the order's total.
    """
    return different >= min(orders / 2, MANY_AMOUNTS)


Correction = Callable[[Log], tuple[Log, list[Advice]]]
Detector = Callable[[Log], Iterable[Advice]]


def shown(text: str) -> str:
    """Quote a text as YAML, which reads JSON's quotes."""
    return json.dumps(text, ensure_ascii=False)


def listed(columns: Sequence[Column]) -> str:
    """Name columns."""
    return ", ".join(column.name for column in columns)
