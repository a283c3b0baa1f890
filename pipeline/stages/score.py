"""One row per customer as of today: the model's probability beside the lifetime values."""

from __future__ import annotations

from pipeline.churn.blend import churn_probability
from pipeline.churn.frame import feature_frame
from pipeline.churn.scores import scored_customers
from pipeline.churn.spend import SpendModel
from pipeline.churn.store import load_model
from pipeline.churn.worth import with_expected_spend
from pipeline.counted import counted
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.shell import run, say
from pipeline.tables import io


def score(_: Params) -> None:
    """Write data/scored/customers.parquet."""
    as_of = Cutoffs.from_dict(io.read_json(files.CUTOFFS)).score
    today, worth = (
        io.read_parquet(path, only={"cutoff": [as_of]}) for path in (files.SNAPSHOTS, files.LIFETIME_VALUE)
    )
    model, value = (load_model(path.read_bytes()) for path in (files.CHURN_MODEL, files.VALUE_MODEL))
    frame = feature_frame(today, worth)
    probability = churn_probability(model, frame) if model is not None else None
    if value is not None and probability is not None:
        spend = SpendModel(**value)
        worth = with_expected_spend(worth, spend.blend(spend.members(frame, probability)))
    customers = scored_customers(today, worth, probability)
    io.write_parquet(customers, files.CUSTOMERS)
    statuses = customers["score_status"].value_counts().sort_index()
    counts = ", ".join(f"{count:,} {status}" for status, count in statuses.items())
    say(f"score: {counted(len(customers)):customer/customers} as of {as_of}, {counts}")


if __name__ == "__main__":
    run(score)
