"""A season is found where there is one, put into every prediction alike, and left out where there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pipeline.btyd import MBGNBD, Chooser, GammaGamma, Past, SeasonChoice, Seasons, lifetime_value
from pipeline.btyd.backtest import measures, try_model
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.season import anchor_clock, exposure_clock
from pipeline.btyd.tracking import tracking
from pipeline.features import daily_flow
from pipeline.features import histories as histories_of_days
from tests.btyd.shop import FIRST_DAY, december, every, history, order_log

HORIZON = 60
LAST = date(2023, 2, 28)
SEASONAL = Clock((0.25, -0.1, 0.15, 0.05))
MODEL = MBGNBD.from_parameters(r=0.525, alpha=6.183, a=0.891, b=1.614)


def known_days(log: pd.DataFrame) -> pd.DataFrame:
    return log.assign(known_from=log["day"], known_until=pd.NaT)


def seasons(log: pd.DataFrame, last: date = LAST, clock: Clock = CALENDAR, windows: int = 5) -> Seasons:
    """As the stage makes them: the windows of half a year, 30 days apart."""
    cutoffs = [*every(30, windows, last - timedelta(days=HORIZON)), last]
    by_cutoff = {cutoff: history(log, cutoff, HORIZON) for cutoff in cutoffs}
    days = known_days(log)
    past = Past(
        log["day"].min().date(),
        lambda cutoff: daily_flow(days, cutoff),
        lambda cutoff: histories_of_days(days, cutoff, HORIZON),
    )
    return Seasons(Chooser({"mbgnbd": MBGNBD}, by_cutoff, HORIZON, clock=lambda cutoff: clock), past)


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    return history(order_log(400, 2, seed=3), date(2022, 1, 20), HORIZON)


@pytest.fixture(scope="module")
def seasonal_log() -> pd.DataFrame:
    return order_log(2000, 3, height=2.5, growth=1.5, seed=11)


def test_the_flat_clock_is_the_calendar_to_the_last_bit(summary: pd.DataFrame) -> None:
    flat = Clock().summary(summary, date(2022, 1, 20))
    assert_frame_equal(flat, summary, check_exact=True, check_dtype=False)
    assert Clock().horizon(date(2022, 1, 20), 91) == 91.0
    assert MBGNBD().fit(flat).to_dict() == MBGNBD().fit(summary).to_dict()


def test_exposure_adds_up_day_by_day(summary: pd.DataFrame) -> None:
    cutoff = date(2022, 1, 20)
    exposed = SEASONAL.summary(summary, cutoff)
    last_day = np.datetime64(cutoff) - 1
    for row, (age, recency) in zip(exposed.itertuples(), summary[["T", "recency"]].to_numpy(), strict=True):
        days = np.arange(last_day - age + 1, last_day + 1)
        exposure = (SEASONAL.speed(days).sum(), SEASONAL.speed(days[: int(recency)]).sum())
        assert (row.T, row.recency) == pytest.approx(exposure)
    assert ((exposed["recency"] > 0) == (summary["frequency"] > 0)).all()
    assert (exposed["recency"] <= exposed["T"]).all()


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_a_year_is_a_year_on_every_clock(year: str) -> None:
    start = np.datetime64(year, "Y")
    days = np.arange(start.astype("M8[D]"), (start + 1).astype("M8[D]"))
    assert SEASONAL.speed(days).mean() == pytest.approx(1.0, abs=1e-4)
    assert SEASONAL.speed(days).max() > 1.3


def test_an_anchor_moves_the_first_days_alone() -> None:
    anchor = Clock(ahead=1.2, ahead_days=60)
    assert anchor.horizon(LAST, 60) == pytest.approx(72)
    assert anchor.horizon(LAST, 365) == pytest.approx(377)
    assert json.loads(json.dumps(SEASONAL.to_dict()))["harmonics"] == list(SEASONAL.harmonics)


def test_every_prediction_moves_with_the_clock(summary: pd.DataFrame) -> None:
    """Before a busy time: fewer customers without an order, more orders, more value."""
    cutoff, summary = date(2022, 11, 10), summary.assign(monetary_value=30.0, spend_days=summary["frequency"])
    spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
    busy = Clock(ahead=1.4, ahead_days=60)

    def ask(clock: Clock) -> pd.DataFrame:
        horizons = {"horizon_days": clock.horizon(cutoff, 60), "clv_horizon_days": clock.horizon(cutoff, 365)}
        return lifetime_value(
            MODEL, spend, clock.summary(summary, cutoff), **horizons, annual_discount_rate=0.1, margin=1.0
        )

    plain, moved = ask(Clock()), ask(busy)
    assert (moved["expected_orders"] > plain["expected_orders"]).all()
    assert (moved["p_no_order"] < plain["p_no_order"]).all()
    assert (moved["clv"] > plain["clv"]).all()
    assert moved["p_alive"].equals(plain["p_alive"])


def test_tracking_expects_what_the_model_expects_of_each_birth() -> None:
    days = pd.date_range("2022-01-01", periods=70, freq="D")
    flow = pd.DataFrame({"day": days, "births": 0, "repeats": 1})
    flow.loc[[0, 20], "births"] = [100, 40]
    tracked = tracking(MODEL, flow)
    new = pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    by_hand = 100 * MODEL.expected_orders(new, 69) + 40 * MODEL.expected_orders(new, 49)
    assert tracked["expected"].sum() == pytest.approx(by_hand.item(), rel=1e-4)
    assert tracked["actual"].tolist() == [7] * 10
    assert (tracked["expected"] >= 0).all()


def test_the_profile_is_that_of_the_shop(seasonal_log: pd.DataFrame) -> None:
    plain = MBGNBD().fit(history(seasonal_log, LAST, HORIZON))
    clock = exposure_clock(plain, daily_flow(known_days(seasonal_log), LAST))
    days = pd.date_range("2022-01-01", "2022-12-31", freq="D")
    truth = december(days, 2.5)
    assert np.corrcoef(clock.speed(days.to_numpy().astype("M8[D]")), truth)[0, 1] > 0.9


@pytest.mark.parametrize("shop", [{"seed": 101}, {"seed": 102, "growth": 2.5}])
def test_a_shop_without_a_season_gets_none(shop: dict[str, float]) -> None:
    found = seasons(order_log(2000, 3, **shop)).choose("mbgnbd", LAST)
    assert (found.season, found.reason) == ("off", "no_better")
    assert set(found.found) == {"exposure", "anchor"}


def test_a_season_cuts_the_bias_of_totals_and_is_chosen(seasonal_log: pd.DataFrame) -> None:
    both = seasons(seasonal_log)
    found = both.choose("mbgnbd", LAST)
    assert (found.season, found.reason) == ("exposure", "better")
    tried = found.found["exposure"]
    assert tried["missed"] < 0.5 * tried["plain_missed"]
    # The window that nobody has seen, by each treatment.
    rows, bias = history(seasonal_log, LAST - timedelta(days=HORIZON), HORIZON), {}
    for season in ("off", "exposure", "anchor"):
        fitted = both.fit("mbgnbd", season, LAST - timedelta(days=HORIZON))
        horizon = fitted.clock.horizon(LAST - timedelta(days=HORIZON), HORIZON)
        seen = try_model(fitted.model, fitted.clock.summary(rows, LAST - timedelta(days=HORIZON)), horizon)
        bias[season] = abs(measures(seen)["total_bias"])
    assert bias["exposure"] < 0.5 * bias["off"]
    assert bias["anchor"] < bias["off"]


def test_a_december_is_seen_ten_months_later_though_the_shop_changed_its_level_meanwhile() -> None:
    """None of the latest eight windows has a December; all of them lie on the new level."""
    before_december = FIRST_DAY + timedelta(days=1355)
    log = order_log(2500, 1355 / 365, height=3.5, step=(1005, 1.7), seed=4)
    found = seasons(log, before_december, windows=14).choose("mbgnbd", before_december)
    assert found.season == "exposure"


def test_two_seasons_are_compared_where_both_were_tried() -> None:
    """Exposure is tried in earlier windows too, with a year of log before them: there it knows little."""
    last = FIRST_DAY + timedelta(days=798)
    both = seasons(order_log(1500, 2.2, height=2.5, seed=0), last, windows=14)
    found = both.choose("mbgnbd", last)
    assert found.found["anchor"]["windows"] < found.found["exposure"]["windows"]
    assert found.found["anchor"]["lead"] > found.found["exposure"]["lead"]
    assert found.season == "exposure"


def test_a_season_that_no_window_has_judged_yet_counts_half() -> None:
    """The second Christmas of a log: what is known of it is the first."""
    last = FIRST_DAY + timedelta(days=640)
    young = seasons(order_log(2000, 2, height=3.0, seed=11), last, windows=2)
    found = young.choose("mbgnbd", last)
    assert (found.season, found.reason, found.found) == ("half_exposure", "unrefuted", {})
    half, whole = (young.fit("mbgnbd", season, last).clock for season in ("half_exposure", "exposure"))
    assert half.harmonics == pytest.approx(0.5 * np.array(whole.harmonics))
    assert found.as_fitted(half) == found
    assert found.as_fitted(CALENDAR) == SeasonChoice("off", "too_short")


@pytest.mark.parametrize(("every_so_many", "season"), [(15, "off"), (5, "half_exposure")])
def test_customers_who_nearly_all_came_at_once_tell_no_season(every_so_many: int, season: str) -> None:
    """They grow older as the year goes by: the one looks like the other."""
    last = FIRST_DAY + timedelta(days=640)
    log = order_log(2000, 2, height=3.0, seed=11)
    born = log.groupby("customer_key")["day"].transform("min")
    of_first_half = born < pd.Timestamp(FIRST_DAY) + timedelta(days=320)
    some = log[of_first_half | (pd.factorize(log["customer_key"])[0] % every_so_many == 0)]
    assert seasons(some, last, windows=2).choose("mbgnbd", last).season == season


@pytest.mark.parametrize(
    ("lead", "missed", "windows", "stays"),
    [(0.01, 0.19, 5, True), (-0.01, 0.19, 5, False), (0.01, 0.21, 5, False), (0.01, 0.19, 13, False)],
)
def test_half_a_season_stays_until_it_does_harm_or_a_year_has_judged_it(
    monkeypatch: pytest.MonkeyPatch, lead: float, missed: float, windows: int, stays: bool
) -> None:
    result = {"lead": lead, "standard_error": 0.1, "missed": missed, "plain_missed": 0.2, "windows": windows}
    some = seasons(order_log(100, 3, seed=3))
    monkeypatch.setattr(some, "_compare", lambda season, *_: result if season == "exposure" else {})
    found = some.choose("mbgnbd", LAST)
    assert (found.season, found.reason) == (("half_exposure", "unrefuted") if stays else ("off", "no_better"))


def test_the_future_changes_no_season(seasonal_log: pd.DataFrame) -> None:
    """The same log, that ends on the day before the cutoff and that goes on as another shop."""
    at = LAST - timedelta(days=30)
    past = seasonal_log[seasonal_log["day"] < pd.Timestamp(at)]
    other = order_log(2000, 3, seed=99)
    other = other[(other["day"] >= pd.Timestamp(at)) & other["customer_key"].isin(past["customer_key"])]
    rewritten = pd.concat([past, other]).sort_values(["customer_key", "day"], ignore_index=True)

    def learn(log: pd.DataFrame) -> tuple[dict, dict, dict]:
        cutoffs = [*every(20, 3, at - timedelta(days=HORIZON)), at]
        days = known_days(log)
        found = Seasons(
            Chooser({"mbgnbd": MBGNBD}, {c: history(log, c, HORIZON) for c in cutoffs}, HORIZON),
            Past(
                log["day"].min().date(),
                lambda cutoff: daily_flow(days, cutoff),
                lambda cutoff: histories_of_days(days, cutoff, HORIZON),
            ),
        )
        choice, fitted = found.choose("mbgnbd", at), found.fit("mbgnbd", "exposure", at)
        return choice.to_dict(), fitted.model.to_dict(), fitted.clock.to_dict()

    assert learn(seasonal_log) == learn(rewritten)
    assert not seasonal_log.equals(rewritten)


def test_half_of_what_was_missed_is_corrected(summary: pd.DataFrame) -> None:
    expected = MODEL.expected_orders(summary, 30).sum()
    shared = summary.assign(future_orders=0.0)
    shared.loc[shared.index[0], "future_orders"] = 1.3 * expected
    clock = anchor_clock(MODEL, shared, 30)
    assert clock.ahead == pytest.approx(1.15)
    assert clock.ahead_days == 30
    shared.loc[shared.index[0], "future_orders"] = 50 * expected
    assert anchor_clock(MODEL, shared, 30).ahead < 2


def test_a_failed_fit_of_a_year_ago_is_no_anchor(
    logs: tuple[pd.DataFrame, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = seasons(logs[0])

    def fail(model: MBGNBD, *_: object) -> MBGNBD:
        model.status = "failed"
        return model

    plain = some.chooser.fit("mbgnbd", LAST)
    monkeypatch.setattr(some.chooser, "fit", lambda *_: plain)
    monkeypatch.setattr(MBGNBD, "fit", fail)
    assert some.fit("mbgnbd", "anchor", LAST).clock == CALENDAR


def test_without_a_full_year_the_clock_is_flat() -> None:
    log = order_log(500, 0.9, height=3.0, seed=4)
    at = date(2021, 1, 20)
    days = known_days(log)
    short = Seasons(
        Chooser({"mbgnbd": MBGNBD}, {at: history(log, at, HORIZON)}, HORIZON),
        Past(log["day"].min().date(), lambda cutoff: daily_flow(days, cutoff), lambda cutoff: log),
    )
    assert short.choose("mbgnbd", at).reason == "too_short"
    for season in ("exposure", "anchor"):
        clock = short.fit("mbgnbd", season, at).clock
        assert clock == Clock()
        assert SeasonChoice(season, "given").as_fitted(clock) == SeasonChoice("off", "not_found")


def test_years_with_hardly_an_order_give_no_season() -> None:
    days = pd.date_range("2000-01-01", "2023-10-01", freq="D")
    is_log = days >= pd.Timestamp("2023-04-01")
    births = np.where(is_log, 2, 0)
    births[0] = 13
    flow = pd.DataFrame({"day": days, "births": births, "repeats": np.where(is_log, 40, 0)})
    assert exposure_clock(MODEL, flow) == Clock()


CLOSED = (date(2022, 5, 1), date(2022, 6, 29))
PAUSE = timedelta(days=60)


@pytest.fixture(scope="module")
def logs() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shop, and the same that was closed for two months: what came after that came as much later."""
    log = order_log(600, 3, seed=5)
    is_later = log["day"] >= pd.Timestamp(CLOSED[0])
    return log, log.assign(day=log["day"].where(~is_later, log["day"] + PAUSE))


def test_nobody_ages_while_the_shop_is_closed(logs: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    log, paused = logs
    clock, later = Clock(closed=(CLOSED,)), LAST + PAUSE
    expected = history(log, LAST, HORIZON)
    open_days = clock.summary(history(paused, later, HORIZON), later)
    assert_frame_equal(open_days, expected, check_exact=True, check_dtype=False)
    assert clock.horizon(later, HORIZON) == HORIZON
    assert Clock.from_dict(json.loads(json.dumps(clock.to_dict()))) == clock
    assert "closed" not in CALENDAR.to_dict()


def test_a_closure_changes_no_fit_and_no_choice(logs: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    log, paused = logs
    clock, later = Clock(closed=(CLOSED,)), LAST + PAUSE
    usual, closed, unaware = seasons(log), seasons(paused, later, clock), seasons(paused, later)
    windows = usual.chooser.windows(LAST)
    assert all(window > CLOSED[1] for window in closed.chooser.windows(later))
    assert usual.chooser.choose(LAST).measures() == closed.chooser.choose(later).measures()
    assert len(windows) == len(closed.chooser.windows(later))
    fitted = closed.fit("mbgnbd", "off", later)
    assert fitted.clock == clock
    assert fitted.model.to_dict() == usual.fit("mbgnbd", "off", LAST).model.to_dict()
    assert fitted.model.to_dict() != unaware.fit("mbgnbd", "off", later).model.to_dict()
    assert closed.fit("mbgnbd", "exposure", later).clock.closed == (CLOSED,)


def test_no_anchor_in_a_window_that_was_closed(logs: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    some = seasons(logs[0])
    assert some.fit("mbgnbd", "anchor", LAST).clock.ahead_days == HORIZON
    closed = Seasons(some.chooser, replace(some.past, tells=lambda cutoff: False))
    assert closed.fit("mbgnbd", "anchor", LAST).clock == CALENDAR


def test_a_made_up_history_whose_orders_all_fall_on_closed_days_is_possible() -> None:
    """An explanation mixes the silence of one customer with the span of another."""
    clock = Clock(closed=((LAST - timedelta(days=120), LAST - timedelta(days=61)),))
    mixed = clock.summary(pd.DataFrame({"frequency": [1, 0], "recency": [7, 0], "T": [82, 82]}), LAST)
    assert mixed[["recency", "T"]].to_numpy().tolist() == [[1.0, 61.0], [0.0, 60.0]]
    assert MODEL.p_alive(mixed).between(0, 1).all()
