"""Logs of what visitors did: of their rows only the purchases are orders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.inspection.doubts import Table, only
from pipeline.tables.inspection.roles import Column
from pipeline.tables.sources.readers import Raw

MOST = 50  # kinds of events
NAMED = r"(user|visitor|customer)?(event|(inter)?action|activity|behaviou?r)(type|name|kind)?"
BEHAVIOUR = (
    r"view|visit|click|cart|basket|wish|favou?rit|search|impression|session|scroll|checkout|log_?in|page"
)
PURCHASE = r"purchased?|transactions?|bought|buy|ordered|orders?|conversion|kauf|bestellung"


@dataclass(frozen=True)
class Purchases:
    """The rows of a log of events that are purchases.

    Attributes
    ----------
    raw : Raw
        These rows alone; ``raw`` of the connection is them.
    column : str
        The name of the column that tells.
    kinds : tuple of str
        What it says of a purchase.
    others : tuple of str
        What it says of other rows.
    """

    raw: Raw
    column: str
    kinds: tuple[str, ...]
    others: tuple[str, ...]

    def query(self, table: Table) -> str:
        """Write the query that reads them alone."""
        listed = ", ".join(map(literal, self.kinds))
        return f"SELECT * FROM {table.sql} WHERE {identifier(self.column)} IN ({listed})"

    def finding(self, table: Table, rows: int) -> str:
        """Say what was found among so many rows."""
        told = f'"{self.column}" tells what somebody did: {", ".join(self.kinds + self.others)}'
        few = f"{self.raw.rows.num_rows:,} of {counted(rows):row is/rows are} {' or '.join(self.kinds)}"
        return f"{told}. {few}: all else here is about these; {table.first}the query below reads no others"


def purchases_of(con: Connection, raw: Raw, columns: Sequence[Column]) -> Purchases | None:
    """Find the column that tells purchases from looking around, and keep the rows of purchases.

    It has to be called so, and every one of its values has to be the one or the other: a category, a source
    or a state of orders is no event.

    Returns
    -------
    Purchases or None
        None if no column is like that: every row is an order, or a line of one.
    """
    for column in columns:
        if not re.fullmatch(NAMED, column.plain_name) or column.distinct > MOST:
            continue
        named = f"""
            SELECT DISTINCT {column.key}, regexp_full_match({column.key}, '(?i){PURCHASE}'),
                   regexp_matches({column.key}, '(?i){BEHAVIOUR}')
            FROM raw WHERE {column.key} <> '' ORDER BY 1"""
        found = duck.run(con, named, name="events").fetchall()
        kinds = tuple(value for value, is_purchase, _ in found if is_purchase)
        others = tuple(value for value, is_purchase, _ in found if not is_purchase)
        if kinds and others and all(is_purchase or looks for _, is_purchase, looks in found):
            bought = only(con, raw, pc.is_in(raw.rows[column.key], pa.array(kinds)))
            return Purchases(bought, column.name, kinds, others)
    return None
