"""Spend that depends on frequency: found where it is, left alone where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import ConditionalGammaGamma, GammaGamma, fit_spend, spend_metrics


def shop(elasticity: float, n: int = 3000, seed: int = 4) -> pd.DataFrame:
    """Mean amounts of customers with 0 to 30 days of repeat spend, and what each order is worth in truth."""
    rng = np.random.default_rng(seed)
    days = np.minimum(rng.geometric(0.25, n) - 1, 30)
    truth = 60.0 / rng.gamma(4.0, 1.0, n) * 5.0 * np.maximum(days, 1) ** elasticity
    mean = truth * rng.gamma(5.0 * np.maximum(days, 1)) / (5.0 * np.maximum(days, 1))
    return pd.DataFrame({"spend_days": days, "monetary_value": np.where(days > 0, mean, 0.0), "truth": truth})


def test_a_dependence_is_found_with_its_strength_and_the_values_get_nearer_the_truth() -> None:
    summary = shop(0.4)
    fit = fit_spend(summary)
    assert isinstance(fit.model, ConditionalGammaGamma)
    assert fit.model.elasticity == pytest.approx(0.4, abs=0.05)
    error, plain = (
        (np.log(model.expected_order_value(summary) / summary["truth"]) ** 2).mean()
        for model in (fit.model, fit.plain)
    )
    assert error < plain
    once = summary["spend_days"] == 0
    total = fit.model.expected_order_value(summary[once]).sum()
    assert total == pytest.approx(summary.loc[once, "truth"].sum(), rel=0.1)


def test_without_dependence_the_plain_model_stays(cdnow: pd.DataFrame) -> None:
    for summary in (shop(0.0), cdnow):
        fit = fit_spend(summary)
        assert fit.model is fit.plain
        found = spend_metrics(fit, summary, pd.Series(1.0, index=summary.index))
        assert found["elasticity"] == found["clv_total_change"] == found["top_tenth_replaced"] == 0.0


def test_an_exponent_of_zero_is_the_plain_model() -> None:
    summary = shop(0.0)
    plain, conditional = GammaGamma().fit(summary), ConditionalGammaGamma()
    assert conditional._fit_at(0.0, summary, "own") == plain.fitted_log_likelihood
    pd.testing.assert_series_equal(
        conditional.expected_order_value(summary), plain.expected_order_value(summary)
    )


def test_the_likelihood_is_that_of_the_amounts_as_they_are() -> None:
    """In cents it falls by log 100 for every customer with repeat spend, whatever the exponent."""
    summary = shop(0.4, n=400)
    cents = summary.assign(monetary_value=summary["monetary_value"] * 100)
    one, other = ConditionalGammaGamma().fit(summary), ConditionalGammaGamma().fit(cents)
    assert one.elasticity == pytest.approx(other.elasticity, abs=1e-3)
    buyers = int((summary["spend_days"] > 0).sum())
    assert one.fitted_log_likelihood - other.fitted_log_likelihood == pytest.approx(
        buyers * np.log(100), abs=0.01
    )


def test_it_survives_saving_and_row_order() -> None:
    summary = shop(0.4, n=500)
    model = ConditionalGammaGamma().fit(summary)
    again = ConditionalGammaGamma.from_dict(model.to_dict())
    pd.testing.assert_series_equal(
        again.expected_order_value(summary), model.expected_order_value(summary), check_exact=True
    )
    shuffled = ConditionalGammaGamma().fit(summary.sample(frac=1, random_state=1))
    assert shuffled.to_dict() == model.to_dict()


def test_the_metrics_say_how_far_the_clv_moved() -> None:
    summary = shop(0.5)
    fit = fit_spend(summary)
    clv = fit.model.expected_order_value(summary)
    found = spend_metrics(fit, summary, clv)
    assert found["clv_total_change"] == pytest.approx(
        clv.sum() / fit.plain.expected_order_value(summary).sum() - 1
    )
    assert 0 <= found["top_tenth_replaced"] < 1
    assert not found["independent"]
