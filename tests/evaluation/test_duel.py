from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.duel import duel
from pipeline.evaluation.metrics import log_loss

RESAMPLING = {"seed": 7, "resamples": 200}


def holdout(n: int = 2000) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.05, 0.95, n)
    keys = [f"k{i:05d}" for i in range(n)]
    rows = {"customer_key": keys, "cutoff": pd.Timestamp("2024-03-03"), "churned": rng.uniform(size=n) < true}
    return pd.DataFrame(rows), true


def test_the_truth_beats_the_base_rate_and_the_value_is_the_difference_of_the_log_losses():
    rows, true = holdout()
    flat = np.full(len(rows), 0.5)
    found = duel(rows, true, flat, **RESAMPLING)
    churned = rows["churned"].to_numpy(dtype=float)
    assert found.value == pytest.approx(float(log_loss(churned, true) - log_loss(churned, flat)))
    assert found.low < found.value < found.high < 0


def test_equals_differ_by_nothing_and_the_order_of_rows_does_not_count():
    rows, true = holdout()
    same = duel(rows, true, true, **RESAMPLING)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    shuffled = rows.sample(frac=1, random_state=1)
    turned = duel(shuffled, true[shuffled.index], np.full(len(rows), 0.5), **RESAMPLING)
    assert turned == duel(rows, true, np.full(len(rows), 0.5), **RESAMPLING)
