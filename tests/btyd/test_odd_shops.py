"""Shops that no textbook has: a verdict and finite numbers, without warnings or exceptions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import MBGNBD, MODELS, CountModel, GammaGamma, ParetoNBD, load, simulate
from pipeline.btyd.fallback import fit_or_simpler
from pipeline.btyd.fitting import Engine, _polish, maximise
from pipeline.btyd.histories import Histories
from pipeline.btyd.likelihood import Likelihood

pytestmark = pytest.mark.filterwarnings("error")


def _drawn(n: int, oldest: int, seed: int = 0) -> pd.DataFrame:
    births = np.random.default_rng(seed).integers(0, oldest, n)
    drawn = simulate(MBGNBD.from_parameters(r=0.6, alpha=4.0, a=0.6, b=2.0), births, seed)
    recency = np.minimum(np.ceil(drawn["recency"]), drawn["T"]).astype(int)
    return pd.DataFrame(
        {"frequency": np.minimum(drawn["frequency"], recency), "recency": recency, "T": drawn["T"]}
    )


def _heavy() -> pd.DataFrame:
    """Businesses that order nearly every day."""
    rng = np.random.default_rng(3)
    x = rng.integers(200, 700, 200)
    return pd.DataFrame({"frequency": x, "recency": 728, "T": 730})


SHOPS = {
    "all of one age": _drawn(800, 400).query("T > 300").assign(T=399),
    "thirty customers": _drawn(30, 500),
    "one with 3,000 orders": pd.concat(
        [_drawn(500, 700), pd.DataFrame({"frequency": [3000], "recency": [3600], "T": [3601]})]
    ),
    "many born on the last day": pd.concat(
        [_drawn(300, 500), pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]}).loc[[0] * 400]]
    ),
    "heavy buyers only": _heavy(),
    "one repeat order": pd.DataFrame({"frequency": [1, 0, 0], "recency": [5, 0, 0], "T": [9, 20, 30]}),
    "everyone twice": pd.DataFrame({"frequency": 1, "recency": np.arange(1, 101), "T": 200}),
}


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("name", MODELS)
def test_every_customer_is_scored(name: str, shop: str) -> None:
    summary = SHOPS[shop].reset_index(drop=True)
    model = fit_or_simpler(MODELS[name], summary)
    assert model.status in {"ok", "weak", "not_identified"}
    assert model.message
    for answer in (model.expected_orders(summary, 90), model.discounted_orders(summary, 365, 0.1)):
        assert np.isfinite(answer).all()
        assert (answer >= 0).all()
    assert model.p_no_order(summary, 90).between(0, 1).all()
    assert model.p_alive(summary).between(0, 1).all()


def test_a_failed_fit_gives_way_to_a_simpler_model(
    monkeypatch: pytest.MonkeyPatch, cdnow: pd.DataFrame
) -> None:
    _fail(monkeypatch, ParetoNBD)
    model = fit_or_simpler(ParetoNBD, cdnow)
    assert model.name == "mbgnbd"
    assert model.status == "weak"
    assert "paretonbd model failed: no luck" in model.message
    assert load(model.to_dict()).message == model.message
    _fail(monkeypatch, MBGNBD)
    last = fit_or_simpler(ParetoNBD, cdnow)
    assert last.name == "nbd"
    assert np.isfinite(last.expected_orders(cdnow, 90)).all()
    assert "mbgnbd model failed" in last.message


def _fail(monkeypatch: pytest.MonkeyPatch, kind: type[CountModel]) -> None:
    fit = kind.fit

    def fails(self: CountModel, summary: pd.DataFrame, engine: Engine = "own") -> CountModel:
        model = fit(self, summary, engine)
        model.status, model.message = "failed", "no luck."
        return model

    monkeypatch.setattr(kind, "fit", fails)


def test_where_spend_failed_everyone_gets_the_mean(
    monkeypatch: pytest.MonkeyPatch, cdnow: pd.DataFrame
) -> None:
    def lost(*_: Any) -> tuple[str, str]:
        return "failed", "no luck."

    monkeypatch.setattr("pipeline.btyd.fittedmodel.verdict", lost)
    spend = GammaGamma().fit(cdnow)
    mean = cdnow.loc[cdnow["spend_days"] > 0, "monetary_value"].mean()
    assert spend.status == "failed"
    assert "mean over customers" in spend.message
    again = GammaGamma.from_dict(spend.to_dict())
    assert again.expected_order_value(cdnow).tolist() == pytest.approx([mean] * len(cdnow), rel=1e-7)


def test_what_is_saved_of_spend(cdnow: pd.DataFrame) -> None:
    saved = GammaGamma().fit(cdnow).to_dict()
    assert saved["n_customers"] == 946
    assert isinstance(saved["n_customers"], int)
    assert "unit" not in saved


@pytest.mark.parametrize("name", ["bgnbd", "mbgnbd", "paretonbd"])
@pytest.mark.parametrize("shop", [shop for shop in SHOPS if shop != "one repeat order"])
def test_no_other_start_leads_higher(name: str, shop: str) -> None:
    """Where the first climb is believed, it is because the others would end at the same top."""
    model = MODELS[name]()
    rows = Histories.from_summary(SHOPS[shop]).compressed()
    n, age = float(rows.weight.sum()), float(np.average(rows.T, weights=rows.weight))
    rows = rows.scaled(1.0 / age)
    objective, slopes = model._objective(rows), model._slopes(float((rows.weight * rows.x).sum()) / n)
    found = maximise(objective, slopes, n, model._sketch(rows))
    tops = [objective(maximise(objective, [[start]], n).theta).value for slope in slopes for start in slope]
    # In log likelihood; where dropout is not identified every climb ends somewhere on a plain.
    assert n * (max(tops) - objective(found.theta).value) < 0.01


def test_a_step_that_leads_out_of_the_world_is_not_tried() -> None:
    """One price for everything: the likelihood is all but flat, and a Newton step overflows."""

    def flat(theta: np.ndarray) -> Likelihood:
        assert np.abs(theta).max() < 700
        return Likelihood(float(1e-3 * theta.sum()), np.full(2, 1e-3), -1e-6 * np.eye(2))

    theta, _, stationary = _polish(flat, np.zeros(2))
    assert not stationary
    assert theta.tolist() == [0.0, 0.0]
