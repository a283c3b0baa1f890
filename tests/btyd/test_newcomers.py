from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import BGNBD, newcomers, simulate

MODEL = BGNBD.from_parameters(r=0.6, alpha=5.0, a=0.8, b=2.4)


def drawn(customers: int = 3_000) -> pd.DataFrame:
    """Customers of 1 to 200 days, from the model itself."""
    ages = np.random.default_rng(3).integers(1, 201, customers)
    return simulate(MODEL, ages.astype(np.float64), seed=4)


def test_newcomers_of_the_model_are_as_expected() -> None:
    found = newcomers(MODEL, drawn(), drawn(), 90)
    assert found.customers == (drawn()["T"] <= 90).sum()
    assert found.repeats == drawn().loc[drawn()["T"] <= 90, "frequency"].sum()
    assert found.repeats == pytest.approx(found.expected, rel=0.1)
    assert not found.are_others


@pytest.mark.parametrize("otherwise", [lambda orders: orders // 4, lambda orders: 3 * orders])
def test_newcomers_of_another_kind_are_noticed(otherwise: Callable[[pd.Series[int]], pd.Series[int]]) -> None:
    summary = drawn()
    summary["frequency"] = summary["frequency"].mask(summary["T"] <= 90, otherwise(summary["frequency"]))
    assert newcomers(MODEL, summary, summary, 90).are_others


def test_a_handful_tells_nothing() -> None:
    summary = drawn(100).assign(frequency=0)
    found = newcomers(MODEL, summary, summary, 90)
    assert found.expected > 0
    assert not found.are_others


def test_without_newcomers_there_is_nothing_to_tell() -> None:
    summary = drawn()
    assert newcomers(MODEL, summary, summary, 0) == (0, 0, 0.0)
