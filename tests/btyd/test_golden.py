"""Further printed numbers: standard errors, spend with the first order, value over 78 weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import BGNBD, MODELS, GammaGamma, ParetoNBD, spend_independence
from pipeline.btyd.fittedmodel import FittedModel

STANDARD_ERRORS = {  # of the parameters themselves, by the R package CLVTools
    "bgnbd": [0.012557, 0.378224, 0.185733, 0.705407],
    "paretonbd": [0.04762, 0.8427, 0.18705, 6.20367],
    "gammagamma": [1.18997, 0.290136, 4.159534],
}


@pytest.mark.parametrize("name", STANDARD_ERRORS)
def test_standard_errors(name: str, cdnow: pd.DataFrame) -> None:
    model: FittedModel = GammaGamma() if name == "gammagamma" else MODELS[name]()
    fitted = model.fit(cdnow)  # type: ignore[attr-defined]
    by_logs = np.sqrt(np.diagonal(fitted.covariance))
    errors = by_logs * list(fitted.parameters.values())
    # Theirs come from a Hessian by differences.
    assert errors.tolist() == pytest.approx(STANDARD_ERRORS[name], rel=5e-3)


def test_the_log_likelihood_at_the_printed_parameters(cdnow: pd.DataFrame) -> None:
    printed = BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    assert printed.log_likelihood(cdnow) == pytest.approx(-9582.4305, abs=5e-5)


def test_two_weeks_of_ten_orders_and_more() -> None:
    printed = BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    new = pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    assert printed.order_distribution(new, 14, 10)[10].item() == pytest.approx(1.07869e-07, rel=5e-6)


def test_a_weekly_rate_meant_as_a_yearly_one(cdnow: pd.DataFrame) -> None:
    """What CLVTools gives by default: log(1.1) per week. A rate per year cannot be mistaken like that."""
    rounded = ParetoNBD.from_parameters(r=0.55327, alpha=10.5778, s=0.60602, beta=11.66391)
    annual = float(np.expm1(np.log(1.1) * 365.25 / 7))
    assert rounded.discounted_orders(cdnow, np.inf, annual).sum() == pytest.approx(490.886, rel=1e-5)


def test_spend_of_cdnow(cdnow: pd.DataFrame, order_days: pd.DataFrame) -> None:
    buyers = cdnow[cdnow["spend_days"] > 0]
    assert buyers["monetary_value"].mean() == pytest.approx(35.08, abs=5e-3)
    assert buyers["monetary_value"].std() == pytest.approx(30.28, abs=5e-3)
    assert buyers["monetary_value"].max() == pytest.approx(299.63, abs=6e-3)
    assert buyers["frequency"].corr(buyers["monetary_value"]) == pytest.approx(0.1139, abs=5e-5)
    assert spend_independence(cdnow).spearman == pytest.approx(0.2063, abs=2e-3)
    later = order_days[order_days["date"] > "1997-09-30"]
    assert later["amount"].sum() == pytest.approx(70976.39, abs=5e-3)


def test_spend_with_the_first_order_is_another_model(order_days: pd.DataFrame) -> None:
    seen = order_days[(order_days["date"] <= "1997-09-30") & (order_days["amount"] > 0)]
    every = seen.groupby("customer")["amount"].agg(monetary_value="mean", spend_days="size")
    fitted = GammaGamma().fit(every)
    assert list(fitted.parameters.values()) == pytest.approx([9.8812, 3.3987, 7.9286], rel=1e-3)
    assert fitted.fitted_log_likelihood == pytest.approx(-9898.4509, abs=0.01)


def test_value_of_all_customers_for_good(cdnow_78w: pd.DataFrame) -> None:
    orders = ParetoNBD.from_parameters(r=0.562996623, alpha=12.559037, s=0.4081094843, beta=10.51480476)
    spend = GammaGamma.from_parameters(p=4.685357, q=4.188153, gamma=24.368874)
    annual = float(np.expm1(0.0027 * 365.25 / 7))
    value = orders.discounted_orders(cdnow_78w, np.inf, annual) * spend.expected_order_value(cdnow_78w)
    assert value.sum() == pytest.approx(346116.98, rel=1e-5)
