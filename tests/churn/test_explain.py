from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.ensemble import StackingClassifier
from sklearn.neighbors import KNeighborsClassifier

from pipeline.btyd import BGNBD, ParetoNBD
from pipeline.btyd.countmodel import CountModel
from pipeline.churn.blend import assemble, churn_probability
from pipeline.churn.explain import CONSTANTS, UNIT, Explanation, Sizes, check_sums, explainer
from pipeline.churn.frame import FEATURES, TOPICS
from pipeline.churn.lifetime_inputs import COLUMNS, INPUTS, LifetimeModel, reference_history
from pipeline.churn.members import MEMBERS, Member, fit_members
from pipeline.errors import UserError

Labelled = Callable[..., pd.DataFrame]
HORIZON_DAYS = 28
ORDERS = BGNBD.from_parameters(r=0.5, alpha=6.0, a=0.8, b=2.5)


def said_by(model: CountModel) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def predict(histories: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "p_no_order": model.p_no_order(histories, HORIZON_DAYS),
                "expected_orders": model.expected_orders(histories, HORIZON_DAYS),
            }
        )

    return predict


def lifetime(frame: pd.DataFrame, model: CountModel = ORDERS) -> LifetimeModel:
    return LifetimeModel(said_by(model), reference_history(frame))


@pytest.fixture(scope="module")
def frame(labelled: Labelled) -> pd.DataFrame:
    """Customers whose lifetime values are what the model says of their history; some never came back."""
    frame, rng = labelled(400, seed=1), np.random.default_rng(4)
    frequency = rng.poisson(1.5, len(frame))
    recency = np.where(frequency == 0, 0, frequency + rng.integers(0, 200, len(frame)))
    silence = rng.integers(0, 150, len(frame))
    histories = pd.DataFrame({"frequency": frequency, "recency": recency, "T": recency + silence})
    own = histories.assign(days_since_last=silence, **said_by(ORDERS)(histories))
    return frame.assign(**own.astype("float64"))


Model = Callable[..., StackingClassifier]


@pytest.fixture(scope="module")
def model_of(frame: pd.DataFrame) -> Model:
    """A blend of some members, by their names."""

    @cache
    def fit(wanted: tuple[Member, ...] = MEMBERS) -> StackingClassifier:
        members = fit_members(frame, wanted, seed=5)
        weights = np.arange(1, len(members) + 1) / sum(range(1, len(members) + 1))
        return assemble(members, dict(zip(members, weights, strict=True)), 0.3, frame)

    return fit


@pytest.fixture(scope="module")
def explanation(frame: pd.DataFrame, model_of: Model) -> Explanation:
    """Of the blend of all members."""
    return Explanation(model_of(), lifetime(frame))


@pytest.fixture(scope="module")
def explained(frame: pd.DataFrame, explanation: Explanation) -> pd.DataFrame:
    return explanation.of(frame)


def total(explained: pd.DataFrame) -> np.ndarray:
    return explained.to_numpy().sum(axis=1)


@pytest.mark.parametrize("wanted", [MEMBERS, *((member,) for member in MEMBERS)], ids=str)
def test_contributions_sum_to_the_log_odds_of_every_customer(
    frame: pd.DataFrame, model_of: Model, wanted: tuple[Member, ...]
) -> None:
    model = model_of(wanted)
    explained = Explanation(model, lifetime(frame)).of(frame)
    used = frame[list(model.feature_names_in_)]
    np.testing.assert_allclose(total(explained), model.decision_function(used), atol=1e-6)
    check_sums(explained, churn_probability(model, frame))
    assert explained["level_shift"].unique() == pytest.approx([0.3])
    assert explained.notna().all(axis=None)


def test_customers_at_the_ends_of_the_scale_are_explained_too(frame: pd.DataFrame, model_of: Model) -> None:
    model = deepcopy(model_of(("btyd", "logistic")))
    for estimator in model.estimators_:
        estimator["model"].coef_ *= 90
    probability = churn_probability(model, frame)
    assert probability.max() == 1.0
    assert probability.min() < 1e-9
    explained = Explanation(model, lifetime(frame)).of(frame)
    check_sums(explained, probability)
    np.testing.assert_allclose(
        total(explained), model.decision_function(frame[list(model.feature_names_in_)]), atol=1e-6
    )


@pytest.mark.parametrize("said", [0.0, 1.0])
def test_a_lifetime_model_that_is_certain_is_explained(
    frame: pd.DataFrame, model_of: Model, said: float
) -> None:
    def certain(histories: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(dict.fromkeys(COLUMNS, said), index=histories.index)

    model = model_of(("btyd",))
    extreme = frame.assign(**dict.fromkeys(COLUMNS, said))
    explained = Explanation(model, LifetimeModel(certain, reference_history(frame))).of(extreme)
    check_sums(explained, churn_probability(model, extreme))


def test_a_wrong_explanation_is_found(frame: pd.DataFrame, model_of: Model) -> None:
    model = model_of(("logistic",))
    explained = Explanation(model, lifetime(frame)).of(frame)
    probability = churn_probability(model, frame)
    explained.loc[explained.index[7], "base_value"] += 1e-4
    with pytest.raises(ArithmeticError, match="1 of"):
        check_sums(explained, probability)


def test_btyd_is_explained_by_the_history_alone(frame: pd.DataFrame, model_of: Model) -> None:
    explanation = Explanation(model_of(("btyd",)), lifetime(frame))
    assert set(explanation.columns) == set(INPUTS)
    reference = reference_history(frame)
    of_reference = frame.iloc[:1].assign(**{k: float(v) for k, v in reference.items()})
    np.testing.assert_allclose(explanation.of(of_reference)[list(INPUTS)], 0.0, atol=1e-9)


def test_what_a_model_does_not_read_gets_nothing(frame: pd.DataFrame, model_of: Model) -> None:
    """Under BG/NBD nobody with one order day is gone, so the span and the silence say little on their own."""
    once = frame[frame["frequency"] == 0]
    reference = {"frequency": 0, "recency": 0, "days_since_last": 30}
    model = model_of(("btyd",))
    explained = Explanation(model, LifetimeModel(said_by(ORDERS), reference)).of(once)
    # With the reference they share frequency and span; only the silence, that is T, differs.
    np.testing.assert_allclose(explained[["frequency", "recency"]], 0.0, atol=1e-9)
    assert explained["days_since_last"].abs().max() > 0


@pytest.mark.parametrize("orders", [ORDERS, ParetoNBD.from_parameters(r=0.5, alpha=10.0, s=0.6, beta=12.0)])
def test_silence_raises_the_risk_of_those_who_came_back(
    frame: pd.DataFrame, model_of: Model, orders: CountModel
) -> None:
    silent = pd.DataFrame({"frequency": 4, "recency": 120, "days_since_last": [1, 30, 90, 400]})
    rows = frame.iloc[:4].assign(**{name: silent[name].to_numpy(dtype=float) for name in silent})
    rows["T"] = rows["recency"] + rows["days_since_last"]
    rows = rows.assign(
        **{k: v.to_numpy() for k, v in said_by(orders)(rows[["frequency", "recency", "T"]]).items()}
    )
    explained = Explanation(model_of(("btyd",)), lifetime(frame, orders)).of(rows)
    assert explained["days_since_last"].is_monotonic_increasing


def test_linear_members_are_explained_as_they_are_without_a_lifetime_model(
    frame: pd.DataFrame, model_of: Model
) -> None:
    model = model_of(("logistic",))
    explanation = Explanation(model, None)
    assert set(COLUMNS) & set(FEATURES) <= set(explanation.columns)
    check_sums(explanation.of(frame), churn_probability(model, frame))


def test_missing_features_are_explained(
    frame: pd.DataFrame, model_of: Model, explanation: Explanation
) -> None:
    model = model_of()
    optional = [name for name in model.feature_names_in_ if name not in (*INPUTS, *COLUMNS)]
    rows = frame.iloc[:5].copy()
    rows[optional] = np.nan
    check_sums(explanation.of(rows), churn_probability(model, rows))


def test_every_customer_is_explained_alone(
    frame: pd.DataFrame, explanation: Explanation, explained: pd.DataFrame
) -> None:
    for rows in (frame.iloc[::-1], frame.iloc[5:6], frame.sample(50, random_state=1)):
        pd.testing.assert_frame_equal(explanation.of(rows), explained.loc[rows.index], check_exact=True)


def test_sums_are_the_same_in_any_order(explained: pd.DataFrame) -> None:
    assert (explained.to_numpy() / UNIT % 1 == 0).all()
    forwards, backwards = explained.sum(axis=1), explained[explained.columns[::-1]].sum(axis=1)
    pd.testing.assert_series_equal(forwards, backwards, check_exact=True)


def test_a_member_without_an_explanation_is_named() -> None:
    with pytest.raises(UserError, match="KNeighborsClassifier cannot be explained exactly"):
        explainer(KNeighborsClassifier())


def test_sizes_are_mean_absolute_contributions_whatever_the_blocks(explained: pd.DataFrame) -> None:
    whole, blocks = Sizes(), Sizes()
    whole.add(explained)
    for start in range(0, len(explained), 77):
        blocks.add(explained.iloc[start : start + 77])
    pd.testing.assert_frame_equal(blocks.table(), whole.table(), check_exact=True)
    sizes = whole.table().set_index("feature")
    assert sizes["mean_size"].is_monotonic_decreasing
    assert sizes.loc["overdue", "mean_size"] == pytest.approx(explained["overdue"].abs().mean())
    assert sizes.loc["overdue", "topic"] in TOPICS
    assert set(sizes.index) == set(explained.columns) - set(CONSTANTS)


def test_without_customers_there_are_no_sizes() -> None:
    assert Sizes().table().empty


def test_the_reference_is_the_median_of_those_who_came_back() -> None:
    frame = pd.DataFrame(
        {"frequency": [0, 1, 2, 9], "recency": [0, 10, 40, 90], "days_since_last": [99, 3, 8, 13]}
    )
    assert reference_history(frame) == {"frequency": 2, "recency": 40, "days_since_last": 8}
    assert reference_history(frame.iloc[:1])["frequency"] == 1


def test_probabilities_are_what_the_sums_say(
    frame: pd.DataFrame, model_of: Model, explained: pd.DataFrame
) -> None:
    np.testing.assert_allclose(expit(total(explained)), churn_probability(model_of(), frame), atol=1e-7)
