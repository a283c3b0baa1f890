from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from pipeline.btyd import MBGNBD, Chooser, Fits, Past, Recipe, Seasons
from pipeline.btyd.clock import Clock
from pipeline.btyd.fits import Wanted
from pipeline.btyd.longrun import LongRun, LongRuns
from pipeline.features import daily_flow
from tests.btyd.shop import FIRST_DAY, history, order_log

HORIZON, AS_OF = 60, date(2022, 2, 1)
CUTOFF = AS_OF - timedelta(days=HORIZON)
RECIPE = Recipe(
    HORIZON, clv_horizon_days=30, discount_rate_per_year=0.1, margin=0.5, model="mbgnbd", season="off"
)
AMOUNT = 20.0


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    log = order_log(600, 2, seed=3)
    amounts = AMOUNT + log.index.to_numpy() % 7 - 3
    return log.assign(amount=amounts, known_from=log["day"], known_until=pd.NaT)


def summary(days: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    known = history(days, cutoff, HORIZON)
    paid = {"monetary_value": AMOUNT, "spend_days": known["frequency"], "first_order_amount": AMOUNT}
    spent = {"future_spend": AMOUNT * known["future_orders"]}
    return known.assign(first_order_on=pd.Timestamp(FIRST_DAY), **paid, **spent).reset_index()


def expected(days: pd.DataFrame, cutoff: date, wanted: Wanted) -> tuple[Fits, pd.DataFrame]:
    by_cutoff = {cutoff: history(days, cutoff, HORIZON)}
    past = Past(FIRST_DAY, lambda day: daily_flow(days, day), lambda day: history(days, day, HORIZON))
    seasons = Seasons(Chooser({"mbgnbd": MBGNBD}, by_cutoff, HORIZON), past)
    fits = Fits(RECIPE, seasons, days, AS_OF, wanted)
    return fits, fits.expect(cutoff, summary(days, cutoff))


def test_where_only_orders_are_wanted_no_order_is_as_likely_and_nothing_else_is_told(days) -> None:
    whole, values = expected(days, CUTOFF, "values")
    alone, orders = expected(days, CUTOFF, "orders")
    assert values.notna().all(axis=None)
    pd.testing.assert_series_equal(orders["p_no_order"], values["p_no_order"])
    assert orders.drop(columns="p_no_order").isna().all(axis=None)
    assert alone.done[0]["orders"] == whole.done[0]["orders"]
    assert "spend" in whole.done[0]
    assert "spend" not in alone.done[0]
    none, nothing = expected(days, CUTOFF, "nothing")
    assert nothing.isna().all(axis=None)
    assert (list(nothing), none.done, none.failed) == (list(values), [], {})


def test_the_clv_is_held_against_what_came_where_its_horizon_has_passed(days) -> None:
    fits, _ = expected(days, CUTOFF, "values")
    end = CUTOFF + timedelta(days=RECIPE.clv_horizon_days)
    known = days.loc[days["day"] < pd.Timestamp(CUTOFF), "customer_key"]
    came = days["day"].between(pd.Timestamp(CUTOFF), pd.Timestamp(end), inclusive="left")
    spent = days.loc[came & days["customer_key"].isin(known), "amount"].sum()
    held = fits.record.metrics()["windows"][0]["clv"]
    assert held["actual"] == pytest.approx(RECIPE.margin * spent, rel=0.01)


def test_a_cutoff_that_nothing_can_be_learned_at_says_why(days) -> None:
    cutoff = FIRST_DAY + timedelta(days=1)
    fits, values = expected(days, cutoff, "values")
    assert values.isna().all(axis=None)
    assert list(fits.failed) == [cutoff]
    assert fits.done == []


def test_what_is_missed_after_the_horizon_corrects_what_follows_it_and_nothing_else(
    days, monkeypatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "RECIPE", replace(RECIPE, clv_horizon_days=365))
    _, plain = expected(days, CUTOFF, "values")
    monkeypatch.setattr(LongRuns, "of", lambda self, name, cutoff: LongRun(1.5, 0.8, 1.0))
    fits, raised = expected(days, CUTOFF, "values")
    soon, later = plain["clv_in_horizon"], plain["clv"] - plain["clv_in_horizon"]
    pd.testing.assert_series_equal(raised["clv"], soon + 1.5 * later, check_names=False)
    assert (raised["clv_p90"] > plain["clv_p90"])[plain["clv_p90"] > 0].all()
    kept = ["p_no_order", "expected_orders", "expected_spend", "clv_in_horizon", "spend_p90"]
    pd.testing.assert_frame_equal(raised[kept], plain[kept])
    assert fits.metrics()["after_horizon"] == {"level": 1.5, "missed": 0.8, "windows": 1.0}


def test_with_a_season_nothing_is_corrected_twice(days, monkeypatch) -> None:
    monkeypatch.setattr(LongRuns, "of", lambda self, name, cutoff: LongRun(1.5, 0.8, 2.0))
    monkeypatch.setattr(Clock, "has_season", True)
    fits, _ = expected(days, CUTOFF, "values")
    assert fits.metrics()["after_horizon"]["level"] == 1.0
