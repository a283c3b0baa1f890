"""The shop's other tables on the page, and what is switched off for want of tables and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.texts import Texts

MOST_COLUMNS = 3


@dataclass(frozen=True)
class OptionalTable:
    """One of the shop's other tables, in words."""

    name: str
    rows: str
    buyers: str
    dates: str
    missing: str


def optional_tables(report: ReportData, t: Texts, f: Formats) -> list[OptionalTable]:
    """Build the rows about the optional tables that are there."""

    def dates(found: Mapping[str, Any]) -> str:
        first, last = f.day(found["first_day"]), f.day(found["last_day"])
        return t("tables.dates", first=first, last=last) if found["last_day"] else f.day(None)

    def missing(found: Mapping[str, Any]) -> str:
        shares = sorted((-(share or 0), column) for column, share in found["missing"].items())
        named = [f"{column} {f.percent(-share, 0)}" for share, column in shares if share]
        return ", ".join(named[:MOST_COLUMNS]) or f.percent(0.0, 0)

    return [
        OptionalTable(
            t.word("table", name),
            f.number(found["rows"]),
            f.percent(found["buyers_share"], 0),
            dates(found),
            missing(found),
        )
        for name, found in report.tables.items()
    ]


def switched_off(report: ReportData, t: Texts) -> list[tuple[str, str]]:
    """Name the tables and columns that are not there, each with what hangs on them."""
    return [
        (
            t("tables.columns", table=t.word("table", off["table"]), columns=", ".join(off["columns"]))
            if off["columns"]
            else t.word("table", off["table"]),
            ", ".join(t.word("feature of a table", feature) for feature in off["features"]),
        )
        for off in report.without
    ]
