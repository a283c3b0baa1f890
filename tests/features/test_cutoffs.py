from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.features import Cutoffs, plan_cutoffs

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
        assert plan_cutoffs(first, as_of, **plan) == Cutoffs((), None, (), as_of)
        return
    cutoffs = plan_cutoffs(first, as_of, **plan)
    window = timedelta(days=horizon)
    assert all(day + window <= cutoffs.holdout for day in cutoffs.training)
    assert all(day + window <= as_of for day in (*cutoffs.final_training, cutoffs.holdout))
    assert all((day - first).days >= history for day in (*cutoffs.training, *cutoffs.final_training))
    assert 1 <= len(cutoffs.training) <= count
    assert cutoffs.all == tuple(sorted(set(cutoffs.all)))
    assert Cutoffs.from_dict(cutoffs.to_dict()) == cutoffs


def test_a_log_too_short_to_learn_and_test_leaves_the_day_of_scoring():
    plan = plan_cutoffs(date(2024, 1, 1), date(2024, 7, 1), **{**PLAN, "horizon_days": 120})
    assert plan.all == (date(2024, 7, 1),)
    assert Cutoffs.from_dict(plan.to_dict()) == plan
