"""How measures with their intervals are written and laid out, and whether a difference is clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pipeline.report.formats import Formats

Aim = Literal["higher", "lower", "one", "zero"]


@dataclass(frozen=True)
class Estimate:
    """A number, the small lines below it such as its interval, and a word about it, perhaps for a side."""

    value: str
    notes: tuple[str, ...] = ()
    verdict: str = ""
    verdict_text: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, a small line below that, and its figures."""

    name: str
    figures: list[Estimate]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Figures under their heads, the first of which stands above the names of the rows."""

    caption: str
    heads: list[str]
    rows: list[Row]


def writer(metric: str, f: Formats) -> Callable[[Any], str]:
    """Choose how the values of a metric are written."""
    if metric in ("mae", "empc"):
        return f.money
    if metric in ("total_bias", "top_decile_capture"):
        return f.percent
    return lambda value: f.number(value, 2 if metric == "top_decile_lift" else 3)


def estimate(found: Mapping[str, Any], write: Callable[[Any], str]) -> Estimate:
    """Write a number with its interval, as far as they are there."""
    if found["low"] is None or found["high"] is None:
        return Estimate(write(found["value"]))
    # The semicolon: a comma is a decimal sign in German.
    return Estimate(write(found["value"]), (f"[{write(found['low'])}; {write(found['high'])}]",))


def cells(row: Mapping[Any, Any], name: str) -> dict[str, float | None]:
    """Take a measure and its interval from a row of a table, None where it has no value."""
    ends = {"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
    return {end: None if value != value else value for end, value in ends.items()}


def verdict(difference: Mapping[str, Any], aim: Aim) -> str:
    """Say which is better if the interval excludes zero; a target of 0 or 1 has no direction."""
    if aim in ("one", "zero") or difference["low"] is None or difference["high"] is None:
        return ""
    if difference["low"] <= 0 <= difference["high"]:
        return "unclear"
    return "better" if (difference["low"] > 0) == (aim == "higher") else "worse"


@dataclass(frozen=True)
class Bar:
    """A labelled bar; `share` in per cent of the longest."""

    label: str
    share: float
    value: str


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix; `tint` in per cent of the strongest."""

    main: str
    note: str
    tint: float


def largest(values: pd.Series[Any]) -> float:
    """The largest value, or 1 where there is none above zero, to divide by."""
    found = values.max()
    return float(found) if pd.notna(found) and found > 0 else 1.0
