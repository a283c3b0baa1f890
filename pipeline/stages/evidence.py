"""What the models are judged by, read for the customers of the backtest alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd import StoredFit
from pipeline.churn.frame import FEATURES
from pipeline.churn.shuffled import shuffled_labels
from pipeline.churn.worth import SPEND_QUANTILES, spend_ratio, with_expected_spend
from pipeline.errors import InsufficientHistory
from pipeline.evaluation.alarms import chance
from pipeline.evaluation.contest import are_active
from pipeline.evaluation.distribution import CRPS_LEVELS, distribution_scores
from pipeline.evaluation.kinds import VALUE
from pipeline.features import Cutoffs, main_channels
from pipeline.params import Params
from pipeline.stages import files, frames
from pipeline.tables import io


class Groups(NamedTuple):
    """What slices are made from, as far as the shop has it: its table of customers, and their channels."""

    customers: pd.DataFrame | None
    channels: pd.DataFrame | None

    @classmethod
    def read(cls, cutoffs: Cutoffs, customers: frames.Customers) -> Groups:
        """Read the shop's table of customers and the channels of their orders."""
        path = files.TABLES / "customers.parquet"
        table = io.read_parquet(path) if path.exists() else None
        return cls(table, _order_channels(cutoffs, customers))


def _order_channels(cutoffs: Cutoffs, customers: frames.Customers) -> pd.DataFrame | None:
    """Name the customers' main channel at every origin, if the order log knows channels."""
    columns = ["customer_key", "ordered_at", "channel"]
    orders = io.read_parquet(files.ORDERS, columns, only={"customer_key": customers})
    if orders["channel"].isna().all():
        return None
    return main_channels(orders, [origin.cutoff for origin in cutoffs.origins])


def holdout_features(cutoffs: Cutoffs, customers: frames.Customers, params: Params) -> pd.DataFrame:
    """What was known of the customers at the holdout; nothing where there is none, or nobody was known."""
    nothing = pd.DataFrame(columns=["churned", "active", *FEATURES], dtype="float64")
    if cutoffs.holdout is None:
        return nothing
    horizon_days = params.churn.horizon_days
    try:
        frame = frames.labelled(
            [cutoffs.holdout], cutoffs.score, horizon_days=horizon_days, customers=customers
        )
    except InsufficientHistory:
        return nothing
    return frame.join(are_active(frame["days_since_last"], horizon_days).rename("active"))


def auc_of_shuffled_labels(
    cutoffs: Cutoffs, customers: frames.Customers, params: Params
) -> dict[str, float] | None:
    """Give the AUC of a model that was taught shuffled labels; None where nothing could be learned."""
    if not cutoffs.origins:
        return None
    origin = cutoffs.origins[-1]
    try:
        said = shuffled_labels(
            *frames.tables([*origin.training, origin.cutoff], customers),
            origin,
            cutoffs.known_until(origin),
            horizon_days=params.churn.horizon_days,
            seed=params.seed,
        )
    except InsufficientHistory:
        return None
    return chance(*said)


def scored_distributions(rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Score the predicted distributions of spend, as they would have been given to the reader."""
    fits = map(StoredFit.from_dict, io.read_json(files.LIFETIME_VALUE_MODELS)["fits"])
    said = rows.dropna(subset=VALUE.prediction).set_index("customer_key")
    scored = [
        _scored_spend(fit, at_cutoff, params.churn.horizon_days)
        for fit in fits
        if len(at_cutoff := said[said["cutoff"] == pd.Timestamp(fit.cutoff)])
    ]
    return pd.concat(scored, ignore_index=True) if scored else pd.DataFrame()


def _scored_spend(fit: StoredFit, said: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Score the distributions of one origin: those of the lifetime model, moved with the blend."""
    then, worth = (
        io.read_parquet(path, only={"cutoff": [fit.cutoff], "customer_key": said.index})
        .set_index("customer_key")
        .loc[said.index]
        for path in (files.SNAPSHOTS, files.LIFETIME_VALUE)
    )
    expected = said[VALUE.prediction].to_numpy()
    scores = distribution_scores(
        said[VALUE.actual].to_numpy(dtype=float),
        spend_ratio(worth, expected)[:, None] * fit.spend_quantiles(then, horizon_days, CRPS_LEVELS),
        with_expected_spend(worth, expected)[list(SPEND_QUANTILES)].to_numpy(),
        worth["p_no_order"].to_numpy(),
        np.asarray(fit.spread.of(worth["expected_spend"].to_numpy()), dtype=np.float64),
    )
    return said[["cutoff"]].assign(expected=expected).reset_index().join(scores)
