"""Reasons in words: what a feature says of a customer, with the customer's own number, English or German."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.counted import Counted
from pipeline.features.feature import Words
from pipeline.report.formats import Formats

AVERAGE = {"en": "average {}", "de": "Durchschnitt {}"}
MORE_THAN = {"en": "more than {}", "de": "mehr als {}"}
LESS_THAN = {"en": "less than {}", "de": "weniger als {}"}
LARGEST_MULTIPLE, SMALLEST_SHARE = 10, 0.01
"""Beyond them, how many times exactly tells nobody anything."""
_PART = "; "
_NAMES = re.compile(r"{(\w+)")


def sentence(
    feature: str,
    values: Mapping[str, Any],
    *,
    average: float,
    spoken: Mapping[str, tuple[str, Words]],
    f: Formats,
) -> str:
    """Say what a feature's value is.

    Parameters
    ----------
    feature : str
    values : mapping of str to float
        The customer's features; None where missing, this one is not.
    average : float
        Its mean over all customers.
    spoken : mapping of str to (unit, Words)
        How each feature is said.
    f : Formats
        Language and currency.

    Returns
    -------
    str
        With the average for comparison, unless the words compare with the customer's own habit. A habit that
        would tell the opposite ("for 300 days; usually every 400") is left out.
    """
    (unit, words), value = spoken[feature], values[feature]
    usual = 1.0 if words.against_own else average
    is_below = words.below is not None and value < usual
    both = words.below if words.below and is_below else (words.english, words.german)
    first, *rest = both[0 if f.language == "en" else 1].split(_PART)
    known = {"value": value, **values}
    rest = [part for part in rest if _agrees(part, known, is_below)]
    units = {name: unit for name, (unit, _) in spoken.items()}
    named = set(_NAMES.findall(_PART.join([first, *rest]))) - {"value"}
    numbers = {name: Counted(number(known[name], units[name], f)) for name in named}
    numbers["value"] = Counted(multiple(value, f) if words.against_own else number(value, unit, f))
    said = _PART.join([first, *rest]).format_map(numbers)
    said = said[:1].upper() + said[1:]
    if rest or words.against_own:
        return said
    return f"{said} ({AVERAGE[f.language].format(number(average, unit, f))})"


def _agrees(part: str, known: Mapping[str, Any], is_below: bool) -> bool:
    """Tell whether the habit that a part names is known, and on the same side of the value as the average."""
    habits = [known[name] for name in _NAMES.findall(part)]
    return all(
        habit is not None and (known["value"] <= habit if is_below else known["value"] >= habit)
        for habit in habits
    )


def number(value: float, unit: str, f: Formats) -> str:
    """Write a number as short as it is told from its neighbours: money, shares, and everything else."""
    if unit == "currency":
        return f.money(value, 0 if abs(value) >= 1000 else 2)
    if unit == "share":
        return _share(value, f)
    exact = 0 if abs(value) >= 10 else 1 if abs(value) >= 1 else 2
    fewest = next(d for d in range(exact + 1) if d == exact or round(value, d) == round(value, exact))
    return f.number(value, fewest)


def _share(value: float, f: Formats) -> str:
    """Write a share; neither none nor all of what it is a share of unless it is."""
    if 0 < value < SMALLEST_SHARE:
        return LESS_THAN[f.language].format(f.percent(SMALLEST_SHARE, 0))
    if 1 - SMALLEST_SHARE < value < 1:
        return MORE_THAN[f.language].format(f.percent(1 - SMALLEST_SHARE, 0))
    return f.percent(value, 0)


def multiple(value: float, f: Formats) -> str:
    """Write a multiple of what is usual, as a share where it is less; the largest without their digits."""
    if value > LARGEST_MULTIPLE:
        return MORE_THAN[f.language].format(f.number(LARGEST_MULTIPLE))
    return number(value, "share" if value < 1 else "", f)


def sentences(
    reasons: pd.Series[Any],
    values: pd.DataFrame,
    averages: pd.Series[float],
    spoken: Mapping[str, tuple[str, Words]],
    f: Formats,
) -> pd.Series[str]:
    """Write the reasons of many customers.

    Parameters
    ----------
    reasons : pandas.Series
        A feature's name per customer, or missing.
    values : pandas.DataFrame
        The features of the same customers, in the same order.
    averages, spoken, f
        As in `sentence`; averages by feature.

    Returns
    -------
    pandas.Series
        Missing where the reason is.
    """
    written: list[str | None] = [None] * len(reasons)
    for feature in sorted(reasons.dropna().unique()):
        words = spoken[feature][1]
        texts = _PART.join([words.english, *(words.below or ())])
        needed = sorted({feature, *_NAMES.findall(texts)} - {"value"})
        said: dict[tuple[float, ...], str] = {}
        rows = np.flatnonzero(reasons == feature)
        # Missing as None: a NaN is not equal to itself, and would be said anew each time.
        numbers = values.iloc[rows][needed].astype("object")
        numbers = numbers.where(numbers.notna(), None)
        for row, key in zip(rows.tolist(), numbers.itertuples(index=False, name=None), strict=True):
            if key not in said:
                own = dict(zip(needed, key, strict=True))
                said[key] = sentence(feature, own, average=averages[feature], spoken=spoken, f=f)
            written[row] = said[key]
    return pd.Series(written, index=reasons.index, dtype="str")
