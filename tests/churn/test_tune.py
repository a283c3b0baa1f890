from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.churn import tune as searching
from pipeline.churn.frame import FEATURES, KEYS
from pipeline.churn.members import BOOSTING
from pipeline.churn.tune import tune
from pipeline.errors import InsufficientHistory

Labelled = Callable[..., pd.DataFrame]
QUICK = {"learning_rate": [0.03, 0.1], "max_iter": [5, 10], "max_leaf_nodes": [2, 3, 4]}
BRACKET = 9 + 3 + 1


@pytest.fixture
def frame(labelled: Labelled, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Rows of few customers, and candidates that take no time."""
    monkeypatch.setattr(searching, "GRID", QUICK)
    monkeypatch.setattr(searching, "BOOSTING", BOOSTING | {"max_iter": 5})
    return labelled(150, seed=1)


def test_more_time_only_adds_to_what_less_time_has_tried(frame: pd.DataFrame) -> None:
    budgets = (1, BRACKET, 1 + BRACKET, 1 + BRACKET)
    found = [tune(frame, seed=5, go_on=lambda tried, most=trials: tried < most) for trials in budgets]
    assert [each.trials for each in found] == list(budgets)
    # A bracket that is not finished chooses nothing: its candidates were judged on few customers.
    assert found[0].boosting == found[1].boosting == BOOSTING | {"max_iter": 5}
    assert found[0].log_loss == found[0].log_loss_of_defaults == found[2].log_loss_of_defaults
    assert found[2].log_loss < found[0].log_loss
    assert found[2] == found[3]


def test_the_best_third_goes_on_with_three_times_as_many_customers(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[tuple[int, str]] = []

    def loss(rows: pd.DataFrame, settings: dict[str, float], seed: int) -> float:
        judged.append((rows["customer_key"].nunique(), str(settings)))
        return settings["learning_rate"] + settings["max_leaf_nodes"] + settings["max_iter"]

    monkeypatch.setattr(searching, "_loss", loss)
    found = tune(frame, seed=5, go_on=lambda tried: tried <= BRACKET)
    assert [customers for customers, _ in judged] == [150] + [150 // 9] * 9 + [150 // 3] * 3 + [150]
    assert judged[10][1] == judged[13][1] == str(dict(found.boosting))


def test_row_order_does_not_matter(frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=0)
    assert tune(shuffled, seed=5, go_on=lambda tried: tried <= BRACKET) == tune(
        frame, seed=5, go_on=lambda tried: tried <= BRACKET
    )


def test_no_customer_is_in_two_folds(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    # A number of their own gives customers away to who has seen them, and says nothing of others.
    greedy = {"max_iter": 40, "min_samples_leaf": 1, "l2_regularization": 0.0, "max_features": 1.0}
    monkeypatch.setattr(searching, "BOOSTING", BOOSTING | greedy | {"learning_rate": 0.3})
    rng = np.random.default_rng(0)
    own, gone = (
        frame["customer_key"].map(pd.Series(drawn, frame["customer_key"].unique()))
        for drawn in (rng.random(150), rng.random(150) < 0.5)
    )
    nothing = pd.DataFrame(0.0, frame.index, FEATURES)
    told = frame[[*KEYS]].join(nothing).assign(weekend_share=own, churned=gone)
    assert tune(told, seed=5, go_on=lambda _: False).log_loss > 0.69


def test_too_few_churners_are_no_ground_to_search_on(frame: pd.DataFrame) -> None:
    with pytest.raises(InsufficientHistory):
        tune(frame.assign(churned=False), seed=5, go_on=lambda _: True)
