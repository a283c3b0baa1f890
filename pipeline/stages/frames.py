"""Snapshots and lifetime values of the rows that a stage wants, joined; others are never held in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pandas as pd

from pipeline.churn.frame import FEATURES, KEYS, LABELS, LIFETIME_MODEL, feature_frame, training_frame
from pipeline.stages import files
from pipeline.tables import io

Customers = Collection[Any]


def known(cutoff: date, customers: Customers | None = None) -> pd.DataFrame:
    """Take what was known of customers at a cutoff; see `feature_frame`."""
    return feature_frame(*tables([cutoff], customers))


def labelled(
    cutoffs: Sequence[date],
    latest_label_end: date,
    *,
    horizon_days: int,
    customers: Customers | None = None,
    features: Sequence[str] = FEATURES,
) -> pd.DataFrame:
    """Take the labelled rows of some cutoffs; see `training_frame`."""
    read = tables(cutoffs, customers, features)
    return training_frame(*read, cutoffs, latest_label_end, horizon_days=horizon_days, features=features)


def keys(cutoffs: Sequence[date]) -> pd.Series[str]:
    """Take the customer key of every row of some cutoffs."""
    return io.read_parquet(files.SNAPSHOTS, ["customer_key"], only={"cutoff": cutoffs})["customer_key"]


def tables(
    cutoffs: Sequence[date], customers: Customers | None = None, features: Sequence[str] = FEATURES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take snapshots and lifetime values of some cutoffs: keys, labels and some features."""
    only = {"cutoff": cutoffs} | ({} if customers is None else {"customer_key": customers})
    snapshots, values = (
        io.read_parquet(path, [*KEYS, *labels, *columns], only=only)
        for path, labels, columns in (
            (files.SNAPSHOTS, LABELS, [name for name in features if name not in LIFETIME_MODEL]),
            (files.LIFETIME_VALUE, (), [name for name in features if name in LIFETIME_MODEL]),
        )
    )
    return snapshots, values
