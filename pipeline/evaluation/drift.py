"""Have the customers changed since the model learned?

Some features drift by construction: the log grows older, and with it everybody's age in it; a shop that grows
has ever younger customers; the season moves what people order. So each feature's drift is judged by its own:
today is compared with the days the model learned from, and so is every past day at which the models were
tested, and the same day a year earlier. Only a drift that is clearly larger than it was there tells of a
change in the shop or in its data. While the model learns from less than a year of log, features that look
back a year are still filling up: they are listed, and raise no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.evaluation.weighted import FloatArray
from pipeline.features.catalogue import TOPICS

COLUMNS = ("feature", "psi", "usual", "drift")
MODERATE = 0.1
MOST_NAMED = 5  # features in the text of an alarm
UNUSUAL = 2
YOUNG_DAYS = 365
BINS = 10
HALF_A_ROW = 0.5
CUSTOMERS = 10_000
"""As many are compared: with them chance moves the index by some thousandths."""

TURN_WITH_LOG = frozenset(
    feature.name for topic in TOPICS for feature in topic.features if feature.turns_with_log
)
"""Features that change for everybody on one day: the customers have not."""

Drift = Literal["not_compared", "stable", "usual", "moderate", "large"]


def psi(before: FloatArray, now: FloatArray) -> float:
    """Population stability index of a column: how differently it is spread now.

    ``sum((q - p) * log(q / p))`` over the bins, p and q the shares before and now. The bins are the tenths of
    the values before, one of values below all of them, and one of the missing; each share counts half a row
    more, so that an empty bin leaves the index finite. By custom 0.1 is a moderate and 0.25 a large shift
    (Siddiqi 2006, Credit Risk Scorecards).

    Parameters
    ----------
    before, now : numpy.ndarray
        Values, NaN where missing; shapes (n,) and (m,).

    Returns
    -------
    float
        Not negative; NaN where either is empty.
    """
    if len(before) == 0 or len(now) == 0:
        return np.nan
    known = before[np.isfinite(before)]
    edges = np.empty(0)
    if len(known):
        # Where most customers share the lowest value, it is the lowest edge: below it must not count as it.
        below = np.nextafter(known.min(), -np.inf)
        edges = np.unique([below, *np.quantile(known, np.arange(1, BINS) / BINS)])
    p, q = (_shares(values, edges) for values in (before, now))
    return float(np.sum((q - p) * np.log(q / p)))


def drift(
    frame: pd.DataFrame, learned: Mapping[date, Sequence[date]], limits: Mapping[str, float]
) -> pd.DataFrame:
    """Compare how columns are spread today with the days a model learned from, and with how that used to be.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``cutoff`` and the columns, one row per customer and cutoff.
    learned : mapping of date to sequence of date
        The cutoffs that a model of a day learns from, by day; the last day is today, the ones before tell
        what is usual.
    limits : mapping of str to float
        The columns to compare, but for those that `TURN_WITH_LOG`, each with the index from which its drift
        is large, chance aside.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``psi``, ``usual`` (the largest psi of the days before today; NaN without any) and
        ``drift``, as from `drift_level`; largest first.
    """
    cutoff = frame["cutoff"]
    compared = [
        (cutoff.isin(pd.to_datetime(list(before))), cutoff == pd.Timestamp(day))
        for day, before in learned.items()
    ]
    # Two samples of the same customers differ too, by about this (Yurdakul and Naranjo 2020).
    chance = BINS * sum(1 / max(int(rows.sum()), 1) for rows in compared[-1])
    found = []
    for column, limit in limits.items():
        if column in TURN_WITH_LOG:
            continue
        values, today, usual = frame[column].to_numpy(dtype=np.float64), np.nan, np.nan
        if not _is_of_the_calendar(frame[column], cutoff):
            *earlier, today = (psi(values[before], values[now]) for before, now in compared)
            usual = max(earlier, default=np.nan)
        found.append((column, today, usual, drift_level(today, usual, limit + chance)))
    table = pd.DataFrame(found, columns=list(COLUMNS))
    return table.sort_values(["psi", "feature"], ascending=[False, True], ignore_index=True)


def drift_level(index: float, usual: float, limit: float) -> Drift:
    """Put a population stability index into a word.

    Parameters
    ----------
    index, usual : float
        Today's, NaN where there is none, and the largest it was before; NaN: not known.
    limit : float
        From where it is large.

    Returns
    -------
    str
        "not_compared" (nobody to compare, or the same for all customers of a day), "stable" (below 0.1),
        "usual" (at most twice as much as before), else "moderate" or "large".
    """
    if np.isnan(index):
        return "not_compared"
    if index < min(MODERATE, limit):
        return "stable"
    if index <= UNUSUAL * usual:
        return "usual"
    return "large" if index >= limit else "moderate"


def is_young(first_day: date, learned_from: Sequence[date]) -> bool:
    """Tell whether a model learns from a cutoff with less than a year of log before it."""
    return any(day - timedelta(days=YOUNG_DAYS) < first_day for day in learned_from)


def drift_metrics(table: pd.DataFrame, score: str, *, young: bool) -> dict[str, Any]:
    """Sum a drift table up for `dvc metrics`: the score's own index, and the features that moved.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `drift`; empty where there is no model.
    score : str
        The name under which the score stands among the features.
    young : bool
        As from `is_young`: no alarm about features.

    Returns
    -------
    dict
        `score_psi` and `score_usual` (None where there is none), `young_log`, the names of the features with
        a `large`, a `moderate` and a `usual` drift, largest first, and the `alarms`: `kind` ("features" or
        "score") with what is large, and a `text`.
    """
    of_score, features = table[table["feature"] == score], table[table["feature"] != score]
    psi_of_score, usual = (
        None if of_score.empty or of_score[name].isna().any() else float(of_score[name].iloc[0])
        for name in ("psi", "usual")
    )
    named = {
        level: features.loc[features["drift"] == level, "feature"].tolist()
        for level in ("large", "moderate", "usual")
    }
    alarms: list[dict[str, Any]] = []
    if named["large"] and not young:
        shown, others = ", ".join(named["large"][:MOST_NAMED]), len(named["large"]) - MOST_NAMED
        more = f" and {others} more (metrics/drift.json)" if others > 0 else ""
        text = f"the customers have changed since the model learned: {shown}{more}"
        alarms.append({"kind": "features", "features": named["large"], "text": text})
    if (of_score["drift"] == "large").any():
        text = f"the scores are spread differently since the model learned (PSI {psi_of_score:.2f})"
        alarms.append({"kind": "score", "psi": psi_of_score, "text": text})
    return {"score_psi": psi_of_score, "score_usual": usual, "young_log": young, **named, "alarms": alarms}


def _is_of_the_calendar(values: pd.Series[Any], cutoff: pd.Series[Any]) -> bool:
    """Tell whether a column differs between days and never between the customers of a day."""
    by_day = values.groupby(cutoff)
    low, high = by_day.min(), by_day.max()
    return bool(values.notna().all() and (low == high).all() and low.min() < low.max())


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Share of the rows in each bin, the last one that of the missing."""
    known = values[np.isfinite(values)]
    bins = np.searchsorted(edges, known, side="left")
    counts = np.append(np.bincount(bins, minlength=len(edges) + 1), len(values) - len(known)) + HALF_A_ROW
    return np.asarray(counts / counts.sum())
