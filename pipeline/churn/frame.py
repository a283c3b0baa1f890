"""What the churn model sees: one row per customer and cutoff, joined and checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from pipeline.errors import InsufficientHistory, UserError
from pipeline.features import catalogue
from pipeline.features.feature import Scale, Words

LIFETIME_MODEL: dict[str, Scale | None] = {
    "p_no_order": "odds",
    "expected_orders": "log",
    "expected_order_value": None,
    "expected_spend": None,
}
"""What the lifetime-value stage adds to the features of the log, with the scale as in `Feature`."""

OF_ORDER_DAYS = (*LIFETIME_MODEL, "days_since_last")
"""Inputs that know the customer's order days before the cutoff and nothing else: no leak is in them."""

TOPICS: dict[str, tuple[str, ...]] = {
    **{topic.name: tuple(feature.name for feature in topic.features) for topic in catalogue.TOPICS},
    "lifetime_model": tuple(LIFETIME_MODEL),
}
"""The model's inputs by topic; columns of one topic are so alike that they are best judged together."""

FEATURES: tuple[str, ...] = tuple(column for columns in TOPICS.values() for column in columns)
"""The model's inputs in their order: no labels, no dates, no keys."""

OF_OPTIONAL_TABLES = tuple(feature.name for topic in catalogue.OPTIONAL for feature in topic.features)
"""Inputs that are missing throughout where the shop does not have their table."""

IN_CURRENCY: tuple[str, ...] = (
    *(feature.name for topic in catalogue.TOPICS for feature in topic.features if feature.unit == "currency"),
    "expected_order_value",
    "expected_spend",
)
"""Inputs that are amounts of money."""

SCALES: dict[str, Scale | None] = {
    **{feature.name: feature.scale for topic in catalogue.TOPICS for feature in topic.features},
    **LIFETIME_MODEL,
}
"""How a linear model takes each input; None: it does not."""

WORDS: dict[str, tuple[str, Words]] = {
    f.name: (f.unit, f.words) for topic in catalogue.TOPICS for f in topic.features if f.words
}
"""Unit and words of each input that may be given as a reason; what a model expects of a customer is none."""

WHEN = ("recency", "rhythm", "season")
"""Topics about when customers order: who has just ordered at a steady pace needs nothing yet."""

DIRECTIONS: dict[str, int] = {
    name: {"leaving": 1, "staying": -1}.get(words.more_is or "", 0)
    for name, (_, words) in WORDS.items()
    if not any(name in TOPICS[topic] for topic in WHEN)
}
"""Inputs of which more can only raise (1) or lower (-1) the chance of leaving, the others being equal."""

KEYS: tuple[str, ...] = ("customer_key", "cutoff")
LABELS: tuple[str, ...] = ("churned", "silent_at_first", "future_orders", "future_spend")


def feature_frame(snapshots: pd.DataFrame, lifetime_value: pd.DataFrame) -> pd.DataFrame:
    """Join snapshots and lifetime values into the model's inputs.

    Parameters
    ----------
    snapshots, lifetime_value : pandas.DataFrame
        Each one row per (customer_key, cutoff), for the same customers and cutoffs.

    Returns
    -------
    pandas.DataFrame
        ``customer_key``, ``cutoff`` and `FEATURES` as float64 (missing is NaN), sorted by cutoff and
        customer.

    Raises
    ------
    UserError
        If a column is missing, a key is repeated, or the two tables differ in their keys.
    """
    return _join(snapshots, lifetime_value, FEATURES, labels=())


def training_frame(
    snapshots: pd.DataFrame,
    lifetime_value: pd.DataFrame,
    cutoffs: Sequence[date],
    latest_label_end: date,
    *,
    horizon_days: int,
    features: Sequence[str] = FEATURES,
) -> pd.DataFrame:
    """Take the labelled rows of some cutoffs, none of whose labels looks past a date.

    Parameters
    ----------
    snapshots, lifetime_value : pandas.DataFrame
        As in `feature_frame`, with the label columns in ``snapshots``.
    cutoffs : sequence of datetime.date
        The only cutoffs to take.
    latest_label_end : datetime.date
        First day that no label may have seen: the test cutoff for training rows, the day after the last day
        of data for test rows.
    horizon_days : int
        Length of the label window ``[cutoff, cutoff + horizon_days)``.
    features : sequence of str, optional
        The inputs that are wanted; all of them by default.

    Returns
    -------
    pandas.DataFrame
        As from `feature_frame`, and `LABELS`: ``churned`` and ``silent_at_first`` bool, ``future_orders`` and
        ``future_spend`` float64.

    Raises
    ------
    UserError
        If a label window ends after ``latest_label_end``.
    InsufficientHistory
        If a cutoff has no labelled row.
    """
    for cutoff in cutoffs:
        label_end = cutoff + timedelta(days=horizon_days)
        if label_end > latest_label_end:
            raise UserError(
                f"the label of cutoff {cutoff:%Y-%m-%d} needs the days up to {label_end:%Y-%m-%d}, "
                f"which lie in the future of {latest_label_end:%Y-%m-%d}",
                where="cutoffs",
                valid=f"cutoffs up to {latest_label_end - timedelta(days=horizon_days):%Y-%m-%d}",
            )
    wanted = pd.to_datetime(pd.Series(list(cutoffs), dtype="object"))
    chosen = snapshots["cutoff"].isin(wanted) & snapshots["churned"].notna()
    empty = wanted[~wanted.isin(snapshots.loc[chosen, "cutoff"])]
    if len(wanted) == 0 or len(empty) > 0:
        names = ", ".join(f"{day:%Y-%m-%d}" for day in empty) or "(none asked for)"
        raise InsufficientHistory(
            f"there is no labelled customer at cutoff {names}",
            where="snapshots",
            valid="a log that starts before the first cutoff; a shorter churn.horizon_days",
        )
    in_cutoffs = lifetime_value["cutoff"].isin(wanted)
    labelled = snapshots.loc[chosen, list(KEYS)]
    values = lifetime_value[in_cutoffs].merge(labelled, on=list(KEYS), how="inner")
    return _join(snapshots[chosen], values, features, labels=LABELS)


def _join(
    snapshots: pd.DataFrame, lifetime_value: pd.DataFrame, features: Sequence[str], labels: tuple[str, ...]
) -> pd.DataFrame:
    keys = list(KEYS)
    btyd_columns = [column for column in features if column in LIFETIME_MODEL]
    snapshot_columns = [column for column in features if column not in LIFETIME_MODEL]
    absent = [column for column in OF_OPTIONAL_TABLES if column not in snapshots]
    snapshots = snapshots.reindex(columns=[*snapshots, *absent])
    left = _columns(snapshots, [*keys, *snapshot_columns, *labels], "snapshots")
    right = _columns(lifetime_value, [*keys, *btyd_columns], "lifetime_value")
    joined = left.merge(right, on=keys, how="outer", indicator=True)
    unmatched = int((joined["_merge"] != "both").sum())
    if unmatched:
        raise UserError(
            f"{unmatched} of {len(joined)} pairs of customer and cutoff are in only one of the two tables",
            where="snapshots, lifetime_value",
            valid="both tables made from the same orders: dvc repro",
        )
    joined = joined.sort_values(["cutoff", "customer_key"], ignore_index=True)
    numbers = dict.fromkeys([*features, *labels], "float64")
    types = numbers | ({"churned": "bool", "silent_at_first": "bool"} if labels else {})
    return joined[[*keys, *features, *labels]].astype(types)


def _columns(table: pd.DataFrame, columns: list[str], name: str) -> pd.DataFrame:
    missing = [column for column in columns if column not in table]
    if missing:
        raise UserError(f"misses {', '.join(missing)}", where=name, valid=f"columns {', '.join(columns)}")
    repeated = int(table.duplicated(list(KEYS)).sum())
    if repeated:
        raise UserError(
            f"{repeated} rows repeat a (customer_key, cutoff) pair", where=name, valid="one row for each pair"
        )
    return table[columns]
