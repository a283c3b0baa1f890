"""Where a model is off: predicted against actual by group, with care for the number of groups."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from pipeline.evaluation.bootstrap import customer_draws, estimate
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.kinds import Kind
from pipeline.evaluation.weighted import FloatArray

COLUMNS = ["group", "level", "n", "actual", "predicted", "gap", "low", "high", "p_value", "is_off", "is_told"]
ALL = "all"
FEWEST_CUSTOMERS = 50
"""Fewer than these are no group: their gap is noise, and it could point at somebody."""

MOST_LEVELS = 8
HEAVY_SHARE = 0.1
ERROR_RATE = 0.05


def slice_labels(
    now: pd.DataFrame, customers: pd.DataFrame | None = None, channels: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Say which groups each row belongs to.

    Parameters
    ----------
    now : pandas.DataFrame
        ``customer_key``, ``cutoff``, ``frequency`` (order days minus one) and ``first_order_on``.
    customers : pandas.DataFrame, optional
        The shop's customers: ``customer_key``, and ``country`` and ``acquisition_channel`` where it has them.
    channels : pandas.DataFrame, optional
        ``order_channel`` by ``customer_key`` and ``cutoff``, where orders have one.

    Returns
    -------
    pandas.DataFrame
        Indexed as ``now``, one column per grouping: ``buyers`` ("one_order", "repeat" or "heavy": the tenth
        with the most order days at that cutoff), ``cohort`` (quarter of the first order), ``country``,
        ``acquisition_channel``, ``order_channel``. Levels beyond the eight largest are "other", unknown ones
        are missing.
    """
    rank = now.groupby("cutoff")["frequency"].rank(pct=True, method="max", ascending=False)
    heavy = (rank <= HEAVY_SHARE) & (now["frequency"] > 0)
    labels = pd.DataFrame(
        {
            "buyers": np.select([heavy, now["frequency"] > 0], ["heavy", "repeat"], "one_order"),
            "cohort": largest_levels(now["first_order_on"].dt.to_period("Q").astype("str")),
        },
        index=now.index,
    )
    for column in ("country", "acquisition_channel"):
        if customers is not None and column in customers:
            known = customers.drop_duplicates("customer_key").set_index("customer_key")[column]
            labels[column] = largest_levels(now["customer_key"].map(known))
    if channels is not None:
        keys = ["customer_key", "cutoff"]
        known = channels.set_index(keys)["order_channel"].reindex(pd.MultiIndex.from_frame(now[keys]))
        labels["order_channel"] = largest_levels(known.set_axis(now.index))
    return labels


def slices(
    table: pd.DataFrame, kind: Kind, labels: pd.DataFrame, *, seed: int, resamples: int
) -> pd.DataFrame:
    """Calibration in the large of every group, all origins together.

    Parameters
    ----------
    table : pandas.DataFrame
        ``customer_key``, what happened, and the prediction ``model``; one row per customer and origin.
    kind : Kind
    labels : pandas.DataFrame
        As from `slice_labels`, indexed as the table.
    seed, resamples : int
        Of the customer bootstrap.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``level``, ``n`` customers, mean ``actual`` and ``predicted``, their ``gap`` (predicted
        minus actual) with its 95 % interval, ``p_value`` of no gap, adjusted for the number of levels, and
        ``is_off``: adjusted p-value below 5 %, and a gap that matters. The first row is about all customers.
        ``is_told``: it is off, and where all customers are, by another gap than theirs: one that matters.
        Levels of fewer than 50 customers and groupings with a single level are left out.
    """
    customers = pd.factorize(table["customer_key"], sort=True)[0]
    draws = np.vstack([np.ones(customers.max() + 1), customer_draws(customers.max() + 1, seed, resamples)])
    y, p = (table[column].to_numpy(dtype=np.float64) for column in (kind.actual, MODEL))
    order = np.lexsort((p, y, customers))
    rows = []
    for group, level, members in _groups(table, labels):
        chosen = order[members[order]]
        sums = (
            np.einsum("rc,c", draws, np.bincount(customers[chosen], values[chosen], draws.shape[1]))
            for values in (np.ones(len(y)), y, p)
        )
        rows.append((group, level, customers_of(table, members), *_gap(*sums)))
    found = pd.DataFrame(rows, columns=COLUMNS[:-2])
    found["p_value"] = _holm(found["p_value"].to_numpy(dtype=np.float64))
    gap, matters = found["gap"], found["actual"].map(kind.gap_that_matters)
    is_off = (found["p_value"] < ERROR_RATE) & (gap.abs() >= matters)
    # What a group is off as all customers are is no news; what is left of its gap has to matter by itself.
    of_all = gap[0] if is_off[0] else 0.0
    is_news = (gap - of_all).abs() >= matters
    return found.assign(is_off=is_off, is_told=is_off & (is_news | (found["group"] == ALL)))


def _groups(table: pd.DataFrame, labels: pd.DataFrame) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Give everybody, and every level that is large enough, with the rows that belong to it."""
    yield ALL, ALL, np.ones(len(table), dtype=bool)
    for column in labels:
        levels = sorted(labels[column].dropna().unique())
        for level in levels if len(levels) > 1 else ():
            members = (labels[column] == level).to_numpy()
            if customers_of(table, members) >= FEWEST_CUSTOMERS:
                yield str(column), str(level), members


def _gap(n: FloatArray, happened: FloatArray, said: FloatArray) -> tuple[float, ...]:
    """Give both means, their gap with interval and p-value, from the sums of the sample and its resamples."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = (said - happened) / n
    interval, spread = estimate(gap), float(np.nanstd(gap[1:]))
    # A gap that is the same in every resample is no chance.
    z = abs(interval.value) / spread if spread > 0 else (np.inf if interval.value else 0.0)
    return (happened[0] / n[0], said[0] / n[0], interval.value, interval.low, interval.high, 2 * ndtr(-z))


def named(group: str, level: str) -> str:
    """Name a group of `slices` in a sentence: "all customers", "country DE"."""
    return "all customers" if group == ALL else f"{group} {level}"


def customers_of(table: pd.DataFrame, members: NDArray[np.bool_]) -> int:
    """Count the customers whom some rows are about: one may have a row at every origin."""
    return table.loc[members, "customer_key"].nunique()


def _holm(p_values: FloatArray) -> FloatArray:
    """Adjust p-values for their number (Holm 1979): the chance of even one false alarm keeps its rate."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def largest_levels(levels: pd.Series) -> pd.Series:
    """Keep the eight largest levels, by size and then by name; the rest is "other"."""
    counts = levels.value_counts().rename_axis("level").reset_index(name="n")
    kept = counts.sort_values(["n", "level"], ascending=[False, True])["level"].head(MOST_LEVELS)
    return levels.where(levels.isin(kept) | levels.isna(), "other")
