"""What the optional tables hold, and what is switched off for want of tables and columns."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Any

from pipeline.tables.contracts import OPTIONAL, ORDER_LOG

ORDERS = "orders"
ANY_COLUMN_WILL_DO = ("test accounts left out",)
"""Features that one column brings alone, whichever of those that feed it, in whichever table."""


def describe_tables(ingest: Mapping[str, Any], buyers: int, as_of: date) -> dict[str, Any]:
    """Describe the optional tables that are there.

    Parameters
    ----------
    ingest : mapping
        The counts of the ingest; `tables` are those of the optional tables.
    buyers : int
        Customers with an order.
    as_of : date
        The first day that is not known.

    Returns
    -------
    dict
        By table: `rows`, `customers`, `buyers_share` (of the customers with an order, those with a row),
        `first_day`, `last_day`, `days_since_last`, `missing` and `unknown` (shares of the rows, by column).
    """
    return {
        name: _describe(counts, buyers, as_of)
        for name, counts in ingest.get("tables", {}).items()
        if counts["status"] == "on"
    }


def switched_off(ingest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List what cannot be had: per table that is not there, and per table that lacks columns.

    Returns
    -------
    list of dict
        `table`, `columns` that are missing (none: the whole table) and `features`, what hangs on them.
    """
    tables = ingest.get("tables", {})
    had = _had_elsewhere(ingest)
    absent = [
        {"table": name, "columns": [], "features": lost}
        for name, counts in tables.items()
        if counts["status"] == "off" and (lost := _without(counts["feeds"], had))
    ]
    lacking = []
    for name, counts in {ORDERS: ingest, **tables}.items():
        columns = {column: _without(fed, had) for column, fed in counts.get("switched_off", {}).items()}
        lost = [column for column, features in columns.items() if features]
        if lost:
            features = list(dict.fromkeys(chain(*columns.values())))
            lacking.append({"table": name, "columns": lost, "features": features})
    return lacking + absent


def _had_elsewhere(ingest: Mapping[str, Any]) -> set[str]:
    """Name what one column brings alone, where one is there, and what the log's own returns bring."""
    on = {name: counts for name, counts in ingest.get("tables", {}).items() if counts["status"] == "on"}
    from_log = ingest.get("policies", {}).get("returns", {}).get("from_log", 0)
    return {*(OPTIONAL["returns"].feeds if from_log else ())} | {
        feature
        for name, counts in {ORDERS: ingest, **on}.items()
        for column in (ORDER_LOG if name == ORDERS else OPTIONAL[name]).columns
        if column.name not in counts.get("columns_off", ())
        for feature in column.feeds
        if feature in ANY_COLUMN_WILL_DO
    }


def _without(features: Iterable[str], had: Container[str]) -> list[str]:
    return [feature for feature in features if feature not in had]


def _describe(counts: Mapping[str, Any], buyers: int, as_of: date) -> dict[str, Any]:
    rows, last = counts["accepted"], _day(counts.get("last_on"))
    first = _day(counts.get("first_on"))
    return {
        "rows": rows,
        "customers": counts.get("customers"),
        "buyers_share": counts["buyers"] / buyers if "buyers" in counts else None,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "days_since_last": (as_of - last).days if last else None,
        "missing": {name: _share(count, rows) for name, count in counts["missing"].items()},
        "unknown": {name: _share(count, rows) for name, count in counts["unknown"].items()},
    }


def _day(value: date | str | None) -> date | None:
    """Read a day that may have been through JSON."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
