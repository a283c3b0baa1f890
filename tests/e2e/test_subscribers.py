"""A shop of subscribers, who order every month until they cancel: a rule on their silence is hard to beat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from pipeline.evaluation.contest import contest, with_rules
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.kinds import CHURN
from pipeline.tables import io
from tests.conftest import Workspace

HORIZON_DAYS, DAYS = 60, 730


def subscribers(customers: int, seed: int) -> pd.DataFrame:
    """Draw orders every 28 to 31 days, give or take one, until a month in which the customer cancels."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        day, pace = rng.uniform(0, DAYS - 30), rng.uniform(28, 31)
        cancels, price = rng.beta(2, 25), rng.choice([19.9, 29.9, 49.9])
        while day < DAYS:
            rows.append((f"abo-{number:04d}", day, price))
            if rng.random() < cancels:
                break
            day += pace + rng.normal(0, 1)
    log = pd.DataFrame(rows, columns=["kunde", "day", "betrag"])
    days = pd.Timestamp(2022, 1, 3) + pd.to_timedelta(np.floor(log.pop("day")), unit="D")
    return log.assign(datum=days.dt.strftime("%Y-%m-%d"))


@pytest.mark.slow
def test_the_blend_is_no_worse_than_the_best_threshold_of_silence(workspace: Workspace) -> None:
    workspace.write_log(subscribers(2_500, seed=1))
    workspace.set(
        snapshots__training_cutoffs="auto",
        churn__horizon_days=HORIZON_DAYS,
        # To choose a lifetime model takes longer than all else.
        lifetime_value__model="bgnbd",
        lifetime_value__season="off",
    )
    done = workspace.run("ingest", "preflight", "snapshots", "lifetime_value", "churn", OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    backtest, snapshots = (
        io.read_parquet(workspace.path / name)
        for name in ("data/scored/backtest.parquet", "data/snapshots/snapshots.parquet")
    )
    table, _ = contest(with_rules(backtest, snapshots, horizon_days=HORIZON_DAYS), CHURN)
    losses = pd.DataFrame(
        {
            name: [log_loss(rows[CHURN.actual], rows[name]) for _, rows in table.groupby("cutoff")]
            for name in (MODEL, "recency_threshold", "base_rate")
        }
    ).mean()
    assert losses["recency_threshold"] < losses["base_rate"] / 2, "silence tells nearly all"
    assert losses[MODEL] <= losses["recency_threshold"]
