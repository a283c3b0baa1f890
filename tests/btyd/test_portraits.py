"""The tables behind the figures: sums that add up, numbers of the paper, odd shops."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import (
    BGNBD,
    MBGCNBD,
    MBGNBD,
    MODELS,
    NBD,
    Clock,
    ConditionalGammaGamma,
    GammaGamma,
    ParetoNBD,
    portraits,
)
from pipeline.features import daily_flow

CUTOFF, END = date(1997, 10, 1), date(1998, 7, 1)
PAPER = BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
CLOSED = Clock(closed=((date(1997, 1, 4), date(1997, 2, 12)),))
SEASON = Clock(harmonics=(0.3, -0.2), ahead=1.5, ahead_days=28)


@pytest.fixture(scope="module")
def flow(order_days: pd.DataFrame) -> pd.DataFrame:
    known = order_days.rename(columns={"customer": "customer_key", "date": "day"}).assign(
        known_from=lambda days: days["day"], known_until=pd.NaT
    )
    return daily_flow(known, END)


def test_the_weeks_add_up_to_the_repeat_orders(flow: pd.DataFrame, order_days: pd.DataFrame) -> None:
    weeks = portraits.repeat_order_tracking(PAPER, flow, CUTOFF)
    repeats = len(order_days) - order_days["customer"].nunique()
    assert len(weeks) == 78
    assert weeks["actual"].sum() == weeks["actual_total"].iloc[-1] == repeats
    assert weeks["is_fitted"].sum() == 39
    assert weeks["week"].iloc[39] == pd.Timestamp(CUTOFF)


def test_the_tracking_of_the_bgnbd(flow: pd.DataFrame) -> None:
    """Expected repeat orders by weeks 39 and 78, as the BTYD package has them."""
    weeks = portraits.repeat_order_tracking(PAPER, flow, CUTOFF)
    last = weeks.iloc[-1]
    assert weeks["actual_total"].iloc[[38, 77]].tolist() == [2457, 4339]
    assert weeks["expected_total"].iloc[[38, 77]].tolist() == pytest.approx([2501.5, 4165.6], rel=5e-3)
    assert weeks["expected"].sum() == pytest.approx(last["expected_total"])


def test_what_was_expected_of_the_births_is_what_the_model_expects_of_each(
    flow: pd.DataFrame, cdnow_78w: pd.DataFrame
) -> None:
    weeks = portraits.repeat_order_tracking(PAPER, flow, CUTOFF)
    new = pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    ages, customers = np.unique(cdnow_78w["T"], return_counts=True)
    by_age = [PAPER.expected_orders(new, float(age)).item() for age in ages]
    assert weeks["expected"].sum() == pytest.approx(customers @ by_age, rel=1e-4)


def test_the_anchor_speeds_up_the_days_after_the_cutoff_alone(flow: pd.DataFrame) -> None:
    plain, ahead = (
        portraits.repeat_order_tracking(PAPER, flow, CUTOFF, clock)["expected"]
        for clock in (Clock(), Clock(ahead=1.5, ahead_days=28))
    )
    np.testing.assert_allclose(ahead[:39], plain[:39], rtol=1e-4)
    assert (ahead[39:43] > 1.3 * plain[39:43]).all()


def test_calibration_groups_hold_everybody_once(cdnow: pd.DataFrame) -> None:
    expected = PAPER.expected_orders(cdnow, 273)
    table = portraits.calibration(cdnow["frequency"], expected, cdnow["future_orders"])
    assert table["group"].tolist()[:5] == ["0", "1", "2", "3", "4"]
    assert table["customers"].tolist()[:4] == [1411, 439, 214, 100]
    assert table["customers"].sum() == 2357
    for column, of in (("expected", expected), ("actual", cdnow["future_orders"])):
        assert (table["customers"] * table[column]).sum() == pytest.approx(of.sum())
    # One-time buyers made 0.237 orders each, as the BTYD walkthrough prints it.
    assert table["actual"].iloc[0] == pytest.approx(0.237, abs=5e-4)


def test_calibration_has_the_same_bits_in_any_row_order(cdnow: pd.DataFrame) -> None:
    rows = cdnow.assign(expected=PAPER.expected_orders(cdnow, 273))
    mixed = rows.sample(frac=1.0, random_state=4)
    one, other = (
        portraits.calibration(some["recency"], some["expected"], some["future_orders"])
        for some in (rows, mixed)
    )
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("values", [[0] * 30, [3], [*range(1, 400)], [0] * 500 + [900]], ids=len)
def test_groups_of_odd_shops(values: list[int]) -> None:
    by = pd.Series(values)
    table = portraits.calibration(by, by / 2, by)
    assert table["customers"].sum() == len(by)
    assert len(table) <= 8
    assert (table["customers"] >= min(10, len(by))).all()
    assert table.notna().all(axis=None)


@pytest.mark.parametrize("clock", [Clock(), SEASON, CLOSED], ids=["calendar", "season", "closed"])
def test_the_matrix_says_what_the_model_says(cdnow: pd.DataFrame, clock: Clock) -> None:
    table = portraits.frequency_recency(PAPER, cdnow, CUTOFF, 91, clock)
    assert set(table["T"]) == {272}
    assert table["frequency"].min() == 0
    assert not table.duplicated(["frequency", "recency"]).any()
    exposed = clock.summary(table[["frequency", "recency", "T"]], CUTOFF)
    assert table["p_alive"].tolist() == PAPER.p_alive(exposed).tolist()
    horizon = clock.horizon(CUTOFF, 91)
    assert table["expected_orders"].tolist() == PAPER.expected_orders(exposed, horizon).tolist()
    # The later the last order, the likelier alive.
    assert table.groupby("frequency")["p_alive"].apply(lambda p: p.is_monotonic_increasing).all()


def test_the_matrix_stays_small_for_heavy_buyers_and_for_nobody_returning() -> None:
    heavy = pd.DataFrame({"frequency": [900, 2], "recency": [3000, 10], "T": [3000, 3000]})
    assert len(portraits.frequency_recency(PAPER, heavy, CUTOFF, 91)) <= 25 * 25
    once = pd.DataFrame({"frequency": [0], "recency": [0], "T": [0]})
    assert portraits.frequency_recency(PAPER, once, CUTOFF, 91)["p_alive"].tolist() == [1.0]


@pytest.mark.parametrize("clock", [Clock(), SEASON, CLOSED], ids=["calendar", "season", "closed"])
def test_the_history_ends_with_what_is_said_of_the_customer_now(clock: Clock) -> None:
    model = MBGNBD.from_parameters(r=0.5, alpha=5.0, a=0.6, b=2.0)
    days = [date(1997, 3, 1), date(1997, 1, 10), date(1997, 3, 1), date(1997, 2, 1)]
    table = portraits.alive_history(model, days, CUTOFF, clock)
    assert table["day"].iloc[0] == pd.Timestamp(1997, 1, 10)
    assert table["day"].iloc[-1] == pd.Timestamp(1997, 9, 30)
    assert table["orders"].iloc[-1] == 3
    now = clock.summary(pd.DataFrame({"frequency": [2], "recency": [50], "T": [263]}), CUTOFF)
    assert table["p_alive"].iloc[-1] == pytest.approx(model.p_alive(now).item(), rel=1e-12)
    silent = table[table["orders"].diff() == 0]["p_alive"]
    assert (silent < table["p_alive"].max()).all()


def test_the_typical_customer_is_nobody(cdnow: pd.DataFrame) -> None:
    days = portraits.typical_order_days(cdnow, CUTOFF)
    again = cdnow[cdnow["frequency"] > 0]
    assert len(set(days)) == again["frequency"].median() + 1
    assert (days[-1] - days[0]).days == int(again["recency"].median())
    assert max(days) < CUTOFF


def test_the_spend_density_is_that_of_simulated_spend() -> None:
    rng = np.random.default_rng(8)
    n = rng.integers(1, 6, 40_000)
    scale = rng.gamma(3.7, 1 / 15.4, len(n))
    summary = pd.DataFrame({"monetary_value": rng.gamma(6.2 * n, 1 / scale) / n, "spend_days": n})
    table = portraits.spend_fit(GammaGamma.from_parameters(p=6.2, q=3.7, gamma=15.4), summary)
    step = table["amount"].diff().iloc[1]
    assert table["fitted"].sum() * step == pytest.approx(0.99, abs=0.005)
    assert (table["fitted"] - table["observed"]).abs().max() * step < 0.006


def test_spend_that_depends_on_frequency_is_drawn_as_it_is() -> None:
    conditional = ConditionalGammaGamma.from_parameters(p=6.2, q=3.7, gamma=15.4)
    conditional.elasticity = 0.5
    plain = GammaGamma.from_parameters(p=6.2, q=3.7, gamma=15.4 * 2.0)
    four_days = pd.DataFrame({"monetary_value": [30.0, 50.0, 90.0], "spend_days": 4})
    one, other = (portraits.spend_fit(model, four_days)["fitted"] for model in (conditional, plain))
    np.testing.assert_allclose(one, other, rtol=1e-9)


def test_heterogeneity_of_every_model(cdnow: pd.DataFrame) -> None:
    names = {"nbd": 1, "bgnbd": 2, "mbgnbd": 2, "paretonbd": 2, "mbgcnbd": 2}
    for name, kind in MODELS.items():
        table = portraits.heterogeneity(kind().fit(cdnow))
        assert table["parameter"].nunique() == names[name]
        for _, rows in table.groupby("parameter"):
            share = rows["density"].sum() * rows["value"].diff().iloc[1]
            assert 0.95 < share <= 1.0 + 1e-9
    regular = portraits.heterogeneity(MBGCNBD.from_parameters(k=2, r=2.0, alpha=1.0, a=0.5, b=2.0))
    random = portraits.heterogeneity(MBGNBD.from_parameters(r=2.0, alpha=2.0, a=0.5, b=2.0))
    pd.testing.assert_frame_equal(regular, random)


@pytest.mark.parametrize("tiny", [1e-6, 1e-3])
def test_extreme_parameters_have_a_finite_density(tiny: float) -> None:
    for model in (
        NBD.from_parameters(r=tiny, alpha=1e6),
        BGNBD.from_parameters(r=tiny, alpha=tiny, a=tiny, b=1e4),
        ParetoNBD.from_parameters(r=1e4, alpha=tiny, s=tiny, beta=1e8),
    ):
        assert np.isfinite(portraits.heterogeneity(model)["density"]).all()


def test_every_table_has_its_columns(cdnow: pd.DataFrame, flow: pd.DataFrame) -> None:
    expected = PAPER.expected_orders(cdnow, 273)
    groups = portraits.calibration(cdnow["frequency"], expected, cdnow["future_orders"])
    total = {"low": 1.0, "expected": 2.0, "high": 3.0, "actual": 2.0, "inside": True}
    spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
    profile = portraits.typical_order_days(cdnow, CUTOFF)
    tables = {
        "tracking": portraits.repeat_order_tracking(PAPER, flow, CUTOFF),
        "calibration_by_frequency": groups,
        "calibration_by_recency": groups,
        "frequency_recency": portraits.frequency_recency(PAPER, cdnow, CUTOFF, 91),
        "alive_history": portraits.alive_history(PAPER, profile, CUTOFF),
        "spend_fit": portraits.spend_fit(spend, cdnow),
        "heterogeneity": portraits.heterogeneity(PAPER),
        "interval_totals": portraits.interval_totals(
            [{"cutoff": "1997-10-01", "orders": total, "spend": total}]
        ),
    }
    assert set(tables) == set(portraits.COLUMNS)
    for name, table in tables.items():
        assert (
            table.columns.tolist() == list(portraits.COLUMNS[name]) == portraits.empty(name).columns.tolist()
        )
