from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.features import plan_cutoffs

PLAN = {"horizon_days": 91, "training_cutoffs": 4, "spacing_days": 30, "min_history_days": 90}


def test_cdnow_cutoffs():
    plan = plan_cutoffs(date(1997, 1, 1), date(1998, 7, 1), **PLAN)
    assert plan.score == date(1998, 7, 1)
    assert plan.holdout == date(1998, 4, 1)
    assert plan.training == (date(1997, 10, 2), date(1997, 11, 1), date(1997, 12, 1), date(1997, 12, 31))
    assert plan.final_training[-1] == plan.holdout


@given(
    days=st.integers(2, 3000),
    horizon=st.integers(1, 400),
    count=st.integers(1, 12),
    spacing=st.integers(1, 120),
    history=st.integers(1, 400),
)
def test_no_training_horizon_reaches_past_what_is_known(days, horizon, count, spacing, history):
    first = date(2020, 1, 1)
    as_of = first + timedelta(days=days)
    plan = {
        "horizon_days": horizon,
        "training_cutoffs": count,
        "spacing_days": spacing,
        "min_history_days": history,
    }
    if days < 2 * horizon + history:
        with pytest.raises(UserError, match=r"churn\.horizon_days"):
            plan_cutoffs(first, as_of, **plan)
        return
    cutoffs = plan_cutoffs(first, as_of, **plan)
    window = timedelta(days=horizon)
    assert all(day + window <= cutoffs.holdout for day in cutoffs.training)
    assert all(day + window <= as_of for day in (*cutoffs.final_training, cutoffs.holdout))
    assert all((day - first).days >= history for day in (*cutoffs.training, *cutoffs.final_training))
    assert 1 <= len(cutoffs.training) <= count
    assert cutoffs.all == tuple(sorted(set(cutoffs.all)))


def test_the_horizon_that_the_error_offers_works():
    first, as_of = date(2024, 1, 1), date(2024, 7, 1)
    with pytest.raises(UserError) as caught:
        plan_cutoffs(first, as_of, **{**PLAN, "horizon_days": 120})
    offered = int(str(caught.value).rsplit("horizon_days: ", 1)[1])
    assert plan_cutoffs(first, as_of, **{**PLAN, "horizon_days": offered}).training
