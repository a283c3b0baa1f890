"""Are churn probabilities as right for one group of people as for another?

The groups are those that the customers table tells of: age, income, household. What is compared are the
churn rate, the mean probability and their gap (calibration in the large), the error, the ranking, and the
share that is called high risk, each with its interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from pipeline.evaluation.bootstrap import measure, with_ends
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.metrics import Metric, gap, log_loss, rate, roc_auc
from pipeline.evaluation.slices import ALL, FEWEST_CUSTOMERS, customers_of, largest_levels
from pipeline.evaluation.weighted import FloatArray, mean

METRICS = ("churn_rate", "mean_probability", "gap", "log_loss", "roc_auc", "high_risk_share")
COLUMNS = ["group", "level", "n", *with_ends(METRICS)]
YEARS_PER_BAND = 10


def people_labels(now: pd.DataFrame, customers: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame:
    """Say which groups of people each row belongs to.

    Parameters
    ----------
    now : pandas.DataFrame
        ``customer_key`` and ``cutoff``.
    customers : pandas.DataFrame
        The shop's customers: ``customer_key``, ``birth_year`` and the attributes.
    attributes : sequence of str

    Returns
    -------
    pandas.DataFrame
        Indexed as ``now``: ``age`` in bands of ten years, and the attributes; what nobody has is left out.
        Levels beyond the eight largest are "other", unknown ones are missing.
    """
    known = customers.drop_duplicates("customer_key").set_index("customer_key").reindex(now["customer_key"])
    known.index = now.index
    years = now["cutoff"].dt.year - known["birth_year"].astype("float64")
    band = (years // YEARS_PER_BAND * YEARS_PER_BAND).dropna().astype(int)
    age = (band.astype(str) + "-" + (band + YEARS_PER_BAND - 1).astype(str)).reindex(now.index)
    labels = pd.DataFrame({"age": age, **{name: known[name] for name in attributes}})
    return labels.dropna(axis="columns", how="all").apply(largest_levels)


def fairness(
    table: pd.DataFrame, labels: pd.DataFrame, *, risk_high: float, seed: int, resamples: int
) -> pd.DataFrame:
    """Measure churn probabilities in each group, as the mean over the origins.

    Parameters
    ----------
    table : pandas.DataFrame
        ``customer_key``, ``cutoff``, ``churned`` and the prediction ``model``; one row per customer and
        origin.
    labels : pandas.DataFrame
        As from `people_labels`, indexed as the table.
    risk_high : float
        From which probability a customer is called high risk.
    seed, resamples : int
        Of the customer bootstrap.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, with `n` customers; the first row is about all of them. Groups of fewer than 50 are left
        out.
    """
    metrics: Mapping[str, Metric] = {
        "churn_rate": rate,
        "mean_probability": _mean_probability,
        "gap": gap,
        "log_loss": log_loss,
        "roc_auc": roc_auc,
        "high_risk_share": partial(_high_risk_share, risk_high=risk_high),
    }
    groups = {(ALL, ALL): np.ones(len(table), dtype=bool)}
    for name in labels:
        levels = sorted(labels[name].dropna().unique())
        groups |= {(str(name), str(level)): (labels[name] == level).to_numpy() for level in levels}
    rows = []
    for (group, level), members in groups.items():
        if (n := customers_of(table, members)) >= FEWEST_CUSTOMERS:
            found = measure(table[members], "churned", [MODEL], metrics, seed=seed, resamples=resamples)
            estimates = [found.estimate(MODEL, name) for name in METRICS]
            numbers = [end for one in estimates for end in (one.value, one.low, one.high)]
            rows.append((group, level, n, *numbers))
    return pd.DataFrame(rows, columns=COLUMNS)


def _mean_probability(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    return mean(predicted, weight)


def _high_risk_share(
    actual: FloatArray, predicted: FloatArray, weight: FloatArray | None = None, *, risk_high: float
) -> FloatArray:
    return mean((predicted >= risk_high).astype(np.float64), weight)
