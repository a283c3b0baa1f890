"""Learning at one origin after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from pipeline.churn import origins
from pipeline.churn.backtest import Learned, Recipe
from pipeline.churn.frame import LABELS
from pipeline.churn.origins import Learner
from pipeline.errors import InsufficientHistory
from pipeline.features import Origin
from tests.churn.conftest import CUTOFFS, HORIZON_DAYS

FIRST, SECOND, THIRD = CUTOFFS
RECIPE = Recipe(HORIZON_DAYS, ("btyd", "logistic"), seed=5)


@pytest.fixture(scope="module")
def frame(labelled: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return labelled(600, seed=1)


def at(frame: pd.DataFrame, *days: date) -> pd.DataFrame:
    return frame[frame["cutoff"].isin(pd.to_datetime(list(days)))].reset_index(drop=True)


def learner(frame: pd.DataFrame) -> Learner:
    return Learner(lambda origin: at(frame, *origin.training), lambda origin: None, RECIPE)


def test_an_origin_learns_from_the_tests_before_it(frame: pd.DataFrame) -> None:
    learning = learner(frame)
    first = learning.test(Origin(SECOND, (FIRST,)), at(frame, SECOND))
    second = learning.test(Origin(THIRD, (SECOND,)), at(frame, THIRD))
    assert first.learned.weights == {"btyd": 0.5, "logistic": 0.5}
    assert second.learned.weights != first.learned.weights
    assert [each.cutoff for each in learning.tested] == [SECOND, THIRD]
    assert second.rows["cutoff"].unique().tolist() == [pd.Timestamp(SECOND)]


def test_what_followed_an_origin_changes_nothing_that_is_learned_there(frame: pd.DataFrame) -> None:
    origin, then = Origin(SECOND, (FIRST,)), at(frame, SECOND)
    rewritten = then.assign(churned=~then["churned"], future_orders=99.0, future_spend=1e6)
    one, other = (learner(frame).test(origin, rows).learned for rows in (then, rewritten))
    said, again = (learned.classifier(frame).predict_proba(then) for learned in (one, other))
    assert (said == again).all()


def test_learning_is_given_no_label_of_what_it_predicts(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[pd.DataFrame] = []
    as_it_is = origins.learn

    def learn(rows: pd.DataFrame, customers: pd.DataFrame, *others: Any) -> Learned:
        given.append(customers)
        return as_it_is(rows, customers, *others)

    monkeypatch.setattr(origins, "learn", learn)
    learner(frame).test(Origin(SECOND, (FIRST,)), at(frame, SECOND))
    assert [set(frame) - set(customers) for customers in given] == [set(LABELS)]


def test_where_nothing_can_be_learned_nothing_is_tested(frame: pd.DataFrame) -> None:
    learning = learner(frame)
    with pytest.raises(InsufficientHistory, match="no horizon to learn from"):
        learning.test(Origin(SECOND, ()), at(frame, SECOND))
    assert learning.tested == []
