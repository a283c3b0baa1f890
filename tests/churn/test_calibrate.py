from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from pipeline.churn.calibrate import (
    AS_IT_IS,
    CALIBRATORS,
    Said,
    choose_calibration,
    fit_line,
    isotonic,
    venn_abers,
)


def window(seed: int, slope: float = 1.0, shift: float = 0.0, customers: int = 4_000) -> Said:
    """Customers of whom too extreme (slope above 1) or too gloomy (shift above 0) log-odds are said."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.5, 1.5, customers)
    keys = pd.Series([f"c{number}" for number in range(customers)])
    return Said(keys, slope * truth + shift, rng.random(customers) < expit(truth))


def test_the_line_undoes_what_was_overdone() -> None:
    line = fit_line(*window(1, slope=2.0, shift=1.0, customers=50_000)[1:])
    assert line.slope == pytest.approx(0.5, abs=0.02)
    assert line.intercept == pytest.approx(-0.5, abs=0.05)


def test_who_is_always_too_sure_is_calibrated() -> None:
    found = choose_calibration([window(seed, slope=2.0) for seed in range(3)])
    assert {one["name"]: one["used"] for one in found.judged} == {
        "platt": True,
        "isotonic": False,
        "venn_abers": False,
    }
    assert found.line.slope == pytest.approx(0.5, abs=0.05)
    assert all(one["gain"]["low"] > 0 for one in found.judged)


def test_a_line_that_falls_is_never_used() -> None:
    found = choose_calibration([window(seed, slope=-1.0) for seed in range(3)])
    assert found.line == AS_IT_IS
    assert not any(one["used"] for one in found.judged)


def test_who_is_right_stays_as_he_is() -> None:
    found = choose_calibration([window(seed) for seed in range(4)])
    assert found.line == AS_IT_IS
    assert all(abs(one["gain"]["value"]) < 0.003 and not one["used"] for one in found.judged)


def test_a_level_that_comes_and_goes_is_no_ground() -> None:
    seasons = [window(seed, shift=shift) for seed, shift in enumerate((0.5, 0.9, -0.3, 0.8))]
    assert choose_calibration(seasons).line == AS_IT_IS


@pytest.mark.parametrize("number", [0, 1, 2])
def test_one_later_window_is_too_little(number: int) -> None:
    found = choose_calibration([window(seed, slope=3.0) for seed in range(number)])
    assert found.line == AS_IT_IS
    assert bool(found.judged) is (number == 2)


def test_windows_with_one_outcome_tell_nothing() -> None:
    said = window(1)
    gone = said._replace(churned=np.ones(len(said.churned), dtype=bool))
    assert choose_calibration([gone, said, gone]).judged == ()


@pytest.mark.parametrize("name", CALIBRATORS)
def test_probabilities_never_fall_and_are_never_certain(name: str) -> None:
    said = window(2, customers=300)
    log_odds = np.linspace(-20, 20, 500)
    mapped = CALIBRATORS[name](said.log_odds, said.churned)(log_odds)
    assert (np.diff(mapped) >= -1e-12).all()
    assert 0 < mapped[0] < mapped[-1] < 1


def test_isotonic_is_that_of_scikit_learn_where_each_customer_is_a_group() -> None:
    said = window(3, customers=80)
    reference = IsotonicRegression().fit_transform(said.log_odds, said.churned)
    mapped = isotonic(said.log_odds, said.churned)(said.log_odds)
    np.testing.assert_allclose(mapped, np.clip(reference, 0.5 / 80, 1 - 0.5 / 80))


def test_venn_abers_is_isotonic_with_the_customer_added() -> None:
    said = window(4, customers=60)
    asked = said.log_odds[7]
    with_customer = [
        IsotonicRegression()
        .fit(np.append(said.log_odds, asked), np.append(said.churned, added))
        .predict([asked])[0]
        for added in (0.0, 1.0)
    ]
    expected = with_customer[1] / (1 - with_customer[0] + with_customer[1])
    assert venn_abers(said.log_odds, said.churned)(np.array([asked]))[0] == pytest.approx(expected)
