"""Where most order once, the likelihood has two summits: many who order rarely, or many who leave at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import MBGNBD, MODELS, CountModel, ParetoNBD
from pipeline.btyd.fitting import maximise
from pipeline.btyd.histories import Histories

LEAVES_AT_ONCE = {
    "mbgnbd": {"r": 2.7, "alpha": 11.0, "a": 0.55, "b": 0.1},
    "paretonbd": {"r": 3.5, "alpha": 23.0, "s": 0.34, "beta": 0.012},
    "mbgcnbd": {"r": 2.7, "alpha": 11.0, "a": 0.55, "b": 0.1},
}


def projects(seed: int, customers: int) -> pd.DataFrame:
    """85 % order once; the others several times within weeks, and after months of rest perhaps again."""
    rng, rows = np.random.default_rng(seed), []
    for age in rng.uniform(30, 900, customers).round():
        days = [0.0]
        while rng.random() < (0.15 if len(days) == 1 else 0.7) and days[-1] < age:
            rest = rng.exponential(120.0) if len(days) > 1 else 0.0
            days += (days[-1] + rest + np.cumsum(rng.gamma(1.5, 6.0, rng.geometric(0.5)) + 1.0)).tolist()
        known = [day for day in days if day < age]
        rows.append((len(known) - 1, known[-1], age))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])


@pytest.mark.parametrize(("seed", "customers"), [(0, 1500), (1, 4000), (2, 1500), (3, 4000)])
@pytest.mark.parametrize("name", LEAVES_AT_ONCE)
def test_the_search_ends_on_the_higher_summit(name: str, seed: int, customers: int) -> None:
    summary = projects(seed, customers)
    leaves_at_once = MODELS[name].from_parameters(**LEAVES_AT_ONCE[name])
    assert MODELS[name]().fit(summary).fitted_log_likelihood > leaves_at_once.log_likelihood(summary)


@pytest.mark.parametrize("model", [MBGNBD(), ParetoNBD()])
def test_the_lower_summit_is_there(model: CountModel) -> None:
    """Or the test above would say nothing: the usual starts alone end more than ten lower."""
    rows = Histories.from_summary(projects(0, 1500)).compressed()
    n, age = float(rows.weight.sum()), float(np.average(rows.T, weights=rows.weight))
    rows = rows.scaled(1.0 / age)
    objective, slopes = model._objective(rows), model._slopes(float((rows.weight * rows.x).sum()) / n)
    both, usual = maximise(objective, slopes, n), maximise(objective, slopes[:1], n)
    assert n * (objective(both.theta).value - objective(usual.theta).value) > 10
