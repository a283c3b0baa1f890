from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.features import CutoffPlan, Cutoffs, Origin, plan_cutoffs


def plan(horizon_days: int) -> CutoffPlan:
    return CutoffPlan(horizon_days, min_history_days=90)


def test_cdnow_cutoffs():
    cutoffs = plan_cutoffs(date(1997, 1, 1), date(1998, 7, 1), plan(91))
    assert cutoffs.score == date(1998, 7, 1)
    assert cutoffs.holdout == date(1998, 4, 1)
    assert cutoffs.training == (date(1997, 10, 1), date(1997, 11, 1), date(1997, 12, 1), date(1997, 12, 31))
    assert cutoffs.final.training[-1] == cutoffs.holdout
    tested = [date(1997, 7, 2), date(1997, 10, 1), date(1997, 12, 31), date(1998, 4, 1)]
    assert [origin.cutoff for origin in cutoffs.origins] == tested
    assert len(cutoffs.all) == 14


def test_a_longer_log_shows_last_year_too():
    cutoffs = plan_cutoffs(date(2020, 1, 1), date(2023, 7, 1), plan(28))
    for origin in (*cutoffs.origins, cutoffs.final):
        assert origin.last_year == Origin(
            origin.cutoff - timedelta(days=364),
            (origin.cutoff - timedelta(days=420), origin.cutoff - timedelta(days=392)),
        )
    assert len(cutoffs.all) <= 20
    learned_from = cutoffs.learned_from
    assert len(learned_from) == 2 * len((*cutoffs.origins, cutoffs.final))
    assert list(learned_from.items())[-1] == (cutoffs.score, cutoffs.final.training)


@pytest.mark.parametrize(("horizon_days", "learned"), [(14, 6), (60, 6), (91, 4), (180, 4)])
def test_where_horizons_overlap_much_fewer_are_learned_from(horizon_days, learned):
    cutoffs = plan_cutoffs(date(2018, 1, 1), date(2023, 7, 1), plan(horizon_days))
    assert len(cutoffs.final.training) == learned


@pytest.mark.parametrize(("days", "has_last_year"), [(364 + 180, True), (364 + 179, False)])
def test_last_year_needs_half_a_year_before_it(days, has_last_year):
    first = date(2022, 1, 1)
    cutoffs = plan_cutoffs(first, first + timedelta(days=days), plan(28))
    assert (cutoffs.final.last_year is not None) == has_last_year
    assert cutoffs.origins[-1].last_year is None


@given(
    days=st.integers(2, 3000),
    horizon=st.integers(1, 400),
    count=st.integers(1, 12) | st.just("auto"),
    spacing=st.integers(1, 120) | st.just("auto"),
    history=st.integers(1, 400),
    origins=st.integers(1, 6) | st.just("auto"),
)
def test_no_training_horizon_reaches_past_what_is_known(days, horizon, count, spacing, history, origins):
    first = date(2020, 1, 1)
    as_of = first + timedelta(days=days)
    cutoffs = plan_cutoffs(first, as_of, CutoffPlan(horizon, history, count, spacing, origins))
    assert Cutoffs.from_dict(cutoffs.to_dict()) == cutoffs
    if days < 2 * horizon + history:
        assert cutoffs == Cutoffs((), Origin(as_of, ()))
        return
    window = timedelta(days=horizon)
    looked_from = [*cutoffs.origins, cutoffs.final]
    looked_from += [origin.last_year for origin in looked_from if origin.last_year]
    for origin in looked_from:
        assert origin.last_year is None or origin.last_year.cutoff + window <= origin.cutoff
        assert origin.training
        assert origin.training[-1] + window == origin.cutoff
        assert list(origin.training) == sorted(set(origin.training))
        assert all((day - first).days >= history for day in origin.training)
    assert 1 <= len(cutoffs.origins) <= (4 if origins == "auto" else origins)
    starts = [origin.cutoff for origin in cutoffs.origins] + [as_of]
    assert all(later - earlier == window for earlier, later in pairwise(starts))
    assert [cutoffs.known_until(origin) for origin in cutoffs.origins] == starts[1:]
    assert cutoffs.all == tuple(sorted(set(cutoffs.all)))
    assert set(starts) <= set(cutoffs.all)


@given(horizon=st.integers(2, 400), days=st.integers(100, 4000))
def test_the_automatic_grid_stays_small(horizon, days):
    first = date(2015, 1, 1)
    cutoffs = plan_cutoffs(first, first + timedelta(days=days), plan(horizon))
    assert len(cutoffs.all) <= 32


def test_origins_and_training_share_their_cutoffs():
    cutoffs = plan_cutoffs(date(2022, 1, 1), date(2023, 6, 1), plan(63))
    assert len(cutoffs.all) == 2 * len(cutoffs.origins) + len(cutoffs.origins[0].training) + 1


def test_a_log_too_short_to_learn_and_test_leaves_the_day_of_scoring():
    cutoffs = plan_cutoffs(date(2024, 1, 1), date(2024, 7, 1), plan(120))
    assert cutoffs.all == (date(2024, 7, 1),)
    assert cutoffs.holdout is None
    assert Cutoffs.from_dict(cutoffs.to_dict()) == cutoffs
