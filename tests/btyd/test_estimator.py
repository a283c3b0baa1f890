"""The models inside scikit-learn."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.utils import estimator_checks

from pipeline.btyd import MODELS, GammaGamma
from pipeline.btyd.estimator import OrderEstimator, SpendEstimator
from pipeline.errors import UserError

HISTORY = ["frequency", "recency", "T"]


@pytest.mark.parametrize("name", MODELS)
def test_fit_predict_score(name: str, cdnow: pd.DataFrame) -> None:
    some = cdnow.head(600)
    estimator = OrderEstimator(name, horizon_days=273).fit(some[HISTORY])
    model = MODELS[name]().fit(some)
    assert estimator.predict(some).tolist() == model.expected_orders(some, 273).tolist()
    assert estimator.score(some, some["future_orders"]) == model.score(some, 273, some["future_orders"])
    assert estimator.score(some) == pytest.approx(model.log_likelihood(some) / 600)


def test_parameters_can_be_read_set_and_cloned(cdnow: pd.DataFrame) -> None:
    fitted = OrderEstimator("nbd", horizon_days=30).fit(cdnow)
    assert fitted.get_params() == {"model": "nbd", "horizon_days": 30, "engine": "own"}
    fresh = clone(fitted).set_params(model="bgnbd")
    assert fresh.model == "bgnbd"
    assert not hasattr(fresh, "model_")
    with pytest.raises(UserError, match="unknown model 'prophet'"):
        OrderEstimator("prophet").fit(cdnow)


@pytest.mark.parametrize("estimator", [OrderEstimator(), SpendEstimator()], ids=repr)
@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_cloneable,
    ],
)
def test_the_checks_of_scikit_learn_that_ask_for_no_array(check: Any, estimator: Any) -> None:
    """The others feed anonymous arrays, where these models need columns with names."""
    check(type(estimator).__name__, estimator)


def test_a_search_over_models_finds_that_customers_leave(cdnow: pd.DataFrame) -> None:
    folds = KFold(3, shuffle=True, random_state=0)
    search = GridSearchCV(OrderEstimator(), {"model": ["nbd", "bgnbd", "mbgnbd"]}, cv=folds)
    search.fit(cdnow[HISTORY])
    assert search.best_params_["model"] != "nbd"
    ahead = cross_val_score(OrderEstimator("mbgnbd", 273), cdnow[HISTORY], cdnow["future_orders"], cv=folds)
    forever = cross_val_score(OrderEstimator("nbd", 273), cdnow[HISTORY], cdnow["future_orders"], cv=folds)
    assert (ahead > forever).all()


def test_spend(cdnow: pd.DataFrame) -> None:
    estimator = clone(SpendEstimator()).fit(cdnow)
    model = GammaGamma().fit(cdnow)
    assert estimator.predict(cdnow).tolist() == model.expected_order_value(cdnow).tolist()
    assert estimator.score(cdnow) == pytest.approx(model.fitted_log_likelihood / 946)
    assert len(cross_val_score(SpendEstimator(), cdnow, cv=3)) == 3
