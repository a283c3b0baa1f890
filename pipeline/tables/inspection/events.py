"""Logs of what visitors did: of their rows only the purchases are orders."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.engine.quoting import literal
from pipeline.tables.inspection.log import Advice, Log
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import Column

MOST = 50  # kinds of events
NAMED = r"(user|visitor|customer)?(event|(inter)?action|activity|behaviou?r)(type|name|kind)?"
BEHAVIOUR = (
    r"view|visit|click|cart|basket|wish|favou?rit|search|impression|session|scroll|checkout|log_?in|page"
)
PURCHASE = r"purchased?|transactions?|bought|buy|ordered|orders?|conversion|kauf|bestellung"


def purchases_alone(log: Log) -> tuple[Log, list[Advice]]:
    """Keep, of a log of events, the rows that are purchases.

    The column that tells them from looking around has to be called so, and every one of its values has to be
    the one or the other: a category, a source or a state of orders is no event.

    Returns
    -------
    tuple of Log and list of Advice
        The log as it is and nothing if no column is like that: every row is an order, or a line of one.
        Else what is left of it, and what to say.
    """
    for column in log.columns:
        if not re.fullmatch(NAMED, column.plain_name) or column.distinct > MOST:
            continue
        values = log.values(column)
        kinds = [value for value in values if re.fullmatch(PURCHASE, value, re.IGNORECASE)]
        others = [value for value in values if value not in kinds]
        if kinds and others and all(re.search(BEHAVIOUR, value, re.IGNORECASE) for value in others):
            bought = log.only(pc.is_in(log.raw.rows[column.key], pa.array(kinds))).described()
            return bought, [_advice(log, bought, column, kinds, others)]
    return log, []


def _advice(log: Log, bought: Log, column: Column, kinds: Sequence[str], others: Sequence[str]) -> Advice:
    told = f'"{column.name}" tells what somebody did: {", ".join([*kinds, *others])}'
    few = f"{bought.rows:,} of {counted(log.rows):row is/rows are} {' or '.join(kinds)}"
    where = f"trim({log.text(column)}) IN ({', '.join(map(literal, kinds))})"
    about = "all else here is about these; the proposed query reads no others"
    return Advice("events", f"{told}. {few}: {about}", change=Change(where, bought.rows))
