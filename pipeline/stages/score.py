"""One row per customer as of today: the model's probability, the lifetime values, and what has drifted."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sklearn.base import ClassifierMixin

from pipeline.churn.blend import churn_probability, used_features
from pipeline.churn.frame import feature_frame
from pipeline.churn.scores import scored_customers, with_expected_spend
from pipeline.churn.spend import SpendModel
from pipeline.churn.store import load_model
from pipeline.evaluation.drift import COLUMNS, drift, drift_metrics
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io

SCORE = "churn_probability"


def score(_: Params) -> None:
    """Write data/scored/customers.parquet, and what drifted since the model learned."""
    snapshots, values = io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.LIFETIME_VALUE)
    as_of = Cutoffs.from_dict(io.read_json(files.CUTOFFS)).score
    today = snapshots[snapshots["cutoff"].dt.date == as_of]
    worth = values[values["cutoff"].dt.date == as_of]
    model, value = (load_model(path.read_bytes()) for path in (files.CHURN_MODEL, files.VALUE_MODEL))
    frame = feature_frame(today, worth)
    probability = churn_probability(model, frame) if model is not None else None
    if value is not None and probability is not None:
        spend = SpendModel(**value)
        worth = with_expected_spend(worth, spend.blend(spend.members(frame, probability)))
    customers = scored_customers(today, worth, probability)
    drifted = pd.DataFrame(columns=COLUMNS)
    if model is not None:
        drifted = _drifted(model, snapshots, values, _with_score(frame, model))
    found = drift_metrics(drifted, SCORE)
    io.write_parquet(customers, files.CUSTOMERS)
    io.write_csv(drifted, files.PLOTS / "drift.csv")
    io.write_json(found, files.METRICS / "drift.json")
    statuses = customers["score_status"].value_counts().sort_index()
    counts = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
    say(f"score: {len(customers):,} customers as of {as_of}, {counts}")
    if found["large"]:
        say(f"  drift: {len(found['large'])} features have moved since training, see metrics/drift.json")


def _drifted(
    model: ClassifierMixin, snapshots: pd.DataFrame, values: pd.DataFrame, today: pd.DataFrame
) -> pd.DataFrame:
    """Compare today's features and scores with those of the rows the model learned from."""
    learned_at = [date.fromisoformat(day) for day in io.read_json(files.CHURN_CARD)["churn"]["cutoffs"]]
    then = [table[table["cutoff"].dt.date.isin(learned_at)] for table in (snapshots, values)]
    return drift(_with_score(feature_frame(*then), model), today, [*used_features(model), SCORE])


def _with_score(frame: pd.DataFrame, model: ClassifierMixin) -> pd.DataFrame:
    return pd.concat([frame, pd.Series(churn_probability(model, frame), frame.index, name=SCORE)], axis=1)


if __name__ == "__main__":
    run(score)
