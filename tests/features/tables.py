"""Optional tables drawn at random from their contracts."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from pipeline.features.catalogue import TABLES
from pipeline.tables.contracts import OPTIONAL, Column, Contract

CONTRACTS = {name: OPTIONAL[name] for name in TABLES if name in OPTIONAL}
DISTINCT_VALUES = 40


def crowded(times: pd.Series, moment: pd.Timestamp) -> pd.Series:
    """Let all that happens in the two months from a moment happen at that very moment."""
    return times.mask(times.between(moment, moment + pd.Timedelta(days=60)), moment)


def draw(
    contract: Contract, customers: list[str], first: pd.Timestamp, days: int, rows: int, moment: pd.Timestamp
) -> pd.DataFrame:
    """Draw rows; what may be empty sometimes is, what follows the event does so within 90 days.

    Much happens at one moment: the cutoff, whose future begins with it.
    """
    rng = np.random.default_rng(sum(map(ord, contract.name)))
    begin = first + pd.to_timedelta(rng.uniform(0, days, rows), unit="D").floor("s")
    table = {}
    for column in contract.columns:
        if not column.is_written:
            continue
        values = _values(column, customers, rng, rows)
        if column.kind == "time":
            later = pd.to_timedelta(rng.uniform(0, 90, rows), unit="D").floor("s")
            values = crowded(
                pd.Series(begin if column.name == contract.event_time else begin + later), moment
            )
        table[column.written] = values.mask(rng.random(rows) < 0.3) if column.nullable else values
    frame = pd.DataFrame(table)
    for column in contract.columns:
        if column.known_from:
            frame[column.written] = frame[column.written].mask(frame[column.known_from].isna())
    key = [contract.column(name).written for name in contract.primary_key if contract.column(name).is_written]
    return frame.drop_duplicates(key, ignore_index=True) if key else frame


def _values(column: Column, customers: list[str], rng: np.random.Generator, rows: int) -> pd.Series:
    if column.entity == "customer":
        return pd.Series(rng.choice(customers, rows), dtype="str")
    if column.kind in ("key", "text"):
        words = column.allowed or tuple(f"{column.name}-{number}" for number in range(DISTINCT_VALUES))
        return pd.Series(rng.choice(words, rows), dtype="str")
    if column.kind == "flag":
        return pd.Series(rng.random(rows) < 0.5, dtype="boolean")
    low, high = column.minimum or 0, 50 if column.maximum is None else column.maximum
    numbers = pd.Series(rng.integers(low, high + 1, rows), dtype="Int64")
    return numbers if column.kind == "count" else numbers.map(Decimal)


def as_known(table: pd.DataFrame, contract: Contract, cutoff: pd.Timestamp) -> pd.DataFrame:
    """The table as it stood on the evening before a cutoff."""
    if contract.event_time:
        table = table[~(table[contract.event_time] >= cutoff)]
    known = table.copy()
    for column in contract.columns:
        since = column.known_from or (column.kind == "time" and not column.planned and column.name)
        if since:
            known[column.written] = known[column.written].where(table[since] < cutoff)
    return known
