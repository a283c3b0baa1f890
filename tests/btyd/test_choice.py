"""The model is chosen by what it foretold in windows that have passed, and by nothing else."""

from __future__ import annotations

import json
from datetime import date
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from pipeline.btyd import BGNBD, MBGNBD, MODELS, NBD, Choice, Chooser, ParetoNBD, candidates, choice
from pipeline.btyd.backtest import first_good_one, lead, measures, try_model, try_rules
from pipeline.btyd.fitting import Engine
from pipeline.btyd.histories import Histories
from pipeline.btyd.lifetimes_engine import NotConverged
from tests.btyd.shop import every, histories, monthly_log, order_log

HORIZON = 60
CUTOFFS = every(30, 7, date(2022, 10, 1))
LAST = CUTOFFS[-1]


@pytest.fixture(scope="module")
def leaving() -> dict[date, pd.DataFrame]:
    return histories(order_log(900, 3, seed=1), CUTOFFS, HORIZON)


@pytest.fixture(scope="module")
def chooser(leaving: dict[date, pd.DataFrame]) -> Chooser:
    return Chooser(MODELS, leaving, HORIZON)


def test_the_first_windows_are_too_few_and_the_default_is_taken(chooser: Chooser) -> None:
    early = chooser.choose(CUTOFFS[3])
    assert (early.model, early.reason, len(early.windows)) == ("mbgnbd", "too_few_windows", 2)
    assert early.measures() == {}
    assert early.by_window().empty


@pytest.mark.parametrize(("cutoff", "windows"), [(CUTOFFS[0], 0), (CUTOFFS[3], 2)])
def test_regular_gaps_need_no_windows(cutoff: date, windows: int) -> None:
    monthly = Chooser(MODELS, histories(monthly_log(100), CUTOFFS, HORIZON), HORIZON)
    early = monthly.choose(cutoff)
    assert (early.model, early.reason, len(early.windows)) == ("mbgcnbd", "regular_gaps", windows)
    assert "regular" in early.sentence
    assert monthly.fit(early.model, cutoff).gap_shape > 5


def test_shopping_on_one_day_of_the_week_is_no_rhythm() -> None:
    rng = np.random.default_rng(4)
    weeks = [start + np.append(0, np.cumsum(rng.geometric(0.3, 6))) for start in rng.integers(0, 110, 800)]
    saturdays = pd.DataFrame(
        {
            "customer_key": np.repeat([f"c{one:04d}" for one in range(800)], 7),
            "day": pd.Timestamp("2020-03-07") + pd.to_timedelta(7 * np.concatenate(weeks), "D"),
        }
    )
    shop = Chooser(MODELS, histories(saturdays, CUTOFFS, HORIZON), HORIZON)
    random, regular = (shop.judged_fit(name, CUTOFFS[0]) for name in ("mbgnbd", "mbgcnbd"))
    assert regular.fitted_log_likelihood > random.fitted_log_likelihood + 10
    assert shop.choose(CUTOFFS[0]).reason == "too_few_windows"


def test_the_rhythm_of_the_shop_is_none_of_its_customers() -> None:
    monthly = histories(monthly_log(100), CUTOFFS, HORIZON)
    on_fairs_alone = Chooser(MODELS, monthly, HORIZON, any_day=lambda cutoff: False)
    assert on_fairs_alone.choose(CUTOFFS[0]).reason == "too_few_windows"


def test_what_the_engine_cannot_fit_is_not_chosen_for_regular_gaps() -> None:
    by_lifetimes = Chooser(candidates("lifetimes"), histories(monthly_log(100), CUTOFFS, HORIZON), HORIZON)
    assert by_lifetimes.choose(CUTOFFS[0]).reason == "too_few_windows"


def test_only_windows_that_have_ended_count(chooser: Chooser) -> None:
    assert chooser.choose(LAST).windows == tuple(CUTOFFS[:5])
    assert all(window + pd.Timedelta(days=HORIZON) <= LAST for window in chooser.choose(LAST).windows)


def test_where_customers_leave_a_model_with_dropout_wins_and_rules_are_beaten(chooser: Chooser) -> None:
    chosen = chooser.choose(LAST)
    found = chosen.measures()
    assert chosen.model in ("mbgnbd", "bgnbd", "paretonbd")
    assert found["nbd"]["behind_best"] > 3 * found["nbd"]["behind_best_standard_error"]
    assert (
        max(found["rate"]["log_score"], found["last_period"]["log_score"]) < found[chosen.model]["log_score"]
    )
    assert abs(found[chosen.model]["total_bias"]) < found["nbd"]["total_bias"] / 2
    assert found[chosen.best]["behind_best"] == 0.0


@pytest.mark.parametrize(("customers", "chosen"), [(1500, "nbd"), (60, "mbgnbd")])
def test_that_nobody_ever_leaves_has_to_show(customers: int, chosen: str) -> None:
    quick = {name: model for name, model in MODELS.items() if name in ("nbd", "mbgnbd", "bgnbd")}
    stay = Chooser(quick, histories(order_log(customers, 3, seed=2, leave=False), CUTOFFS, HORIZON), HORIZON)
    assert stay.choose(LAST).model == chosen


def test_the_order_of_rows_and_later_windows_change_nothing(
    leaving: dict[date, pd.DataFrame],
) -> None:
    quick = {"nbd": NBD, "mbgnbd": MBGNBD}
    earlier = CUTOFFS[5]
    shuffled = {
        cutoff: rows.sample(frac=1.0, random_state=3)
        for cutoff, rows in reversed(leaving.items())
        if cutoff <= earlier
    }
    alone, among_others = (Chooser(quick, some, HORIZON).choose(earlier) for some in (shuffled, leaving))
    assert alone.to_dict() == among_others.to_dict()
    assert_frame_equal(alone.by_window(), among_others.by_window(), check_exact=True)


def test_many_customers_are_judged_by_some_and_fitted_on_all(
    leaving: dict[date, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "MOST_CUSTOMERS", 400)
    some = Chooser({"nbd": NBD}, leaving, HORIZON)
    chosen = some.choose(LAST)
    assert all(part.index.nunique() == 400 for _, part in chosen.trials["nbd"].groupby("window"))
    # A window that was judged on a part has a fit to that part, which is not the one to use.
    assert some.fit("nbd", CUTOFFS[0]).n_customers == len(leaving[CUTOFFS[0]])


def test_each_candidate_is_fitted_once(leaving: dict[date, pd.DataFrame]) -> None:
    fits = []

    class Counted(NBD):
        def _fit(self, *args):  # type: ignore[no-untyped-def]
            fits.append(args)
            super()._fit(*args)

    counted = Chooser({"nbd": Counted}, leaving, HORIZON)
    counted.choose(LAST)
    counted.choose(CUTOFFS[-2])
    counted.fit("nbd", CUTOFFS[0])
    assert len(fits) == 5


def test_a_failed_fit_is_no_candidate_and_a_simpler_one_takes_its_place(
    leaving: dict[date, pd.DataFrame],
) -> None:
    class Lost(MBGNBD):
        def _fit(self, *args):  # type: ignore[no-untyped-def]
            super()._fit(*args)
            self.status = "failed"

    some = Chooser({"nbd": NBD, "mbgnbd": Lost}, leaving, HORIZON)
    assert "mbgnbd" not in some.choose(LAST).trials
    assert some.fit("mbgnbd", LAST).name == "nbd"


def test_windows_in_which_nobody_came_back_teach_nothing() -> None:
    once = pd.DataFrame(
        {"frequency": 0, "recency": 0, "T": np.arange(1, 51), "recent_orders": 0, "future_orders": 0},
        index=[f"c{number:03d}" for number in range(50)],
    )
    nobody = Chooser(MODELS, dict.fromkeys(CUTOFFS, once), HORIZON)
    assert nobody.choose(LAST).reason == "too_few_windows"


@pytest.mark.parametrize("engine", ["own", "lifetimes"])
def test_where_every_candidate_fails_somewhere_the_default_is_taken(
    leaving: dict[date, pd.DataFrame], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lost(MBGNBD):
        def _fit(self, histories: Histories, engine: Engine) -> None:
            if engine == "lifetimes":
                raise NotConverged("lifetimes did not converge")
            super()._fit(histories, engine)
            self.status = "failed"

    none = Chooser({"mbgnbd": Lost}, leaving, HORIZON, engine)
    chosen = none.choose(LAST)
    assert (chosen.model, chosen.reason, chosen.measures()) == ("mbgnbd", "all_failed", {})
    assert chosen.by_window().empty
    one = Chooser({"mbgnbd": Lost, "bgnbd": BGNBD}, leaving, HORIZON, engine)
    assert one.choose(LAST).model == "bgnbd"


@pytest.mark.parametrize("reason", get_args(choice.Reason))
def test_a_choice_has_a_sentence_and_is_json(reason: choice.Reason) -> None:
    saved = Choice("mbgnbd", reason, "paretonbd", (date(2022, 1, 1),)).to_dict()
    assert saved["sentence"].startswith("mbgnbd, ")
    assert json.loads(json.dumps(saved)) == saved


def test_rules_are_held_against_what_came() -> None:
    summary = pd.DataFrame(
        {
            "frequency": [3, 0, 2],
            "recency": [20, 0, 5],
            "T": [30, 0, 10],
            "recent_orders": [2, 1, 0],
            "future_orders": [1, 0, 4],
        },
        index=list("abc"),
    )
    rules = try_rules(summary, 10)
    assert rules["rate"]["expected_orders"].tolist() == pytest.approx([1.0, 0.0, 2.0])
    assert rules["last_period"]["expected_orders"].tolist() == [2, 1, 0]
    assert rules["rate"]["log_score"].iloc[0] == pytest.approx(-1.0)
    assert np.isfinite(rules["last_period"]["log_score"]).all()
    assert measures(rules["rate"])["total_bias"] == pytest.approx(3 / 5 - 1)
    assert measures(rules["last_period"])["mae"] == pytest.approx((1 + 1 + 4) / 3)
    certain = rules["rate"].assign(p_no_order=[0.0, 1.0, 0.0])
    assert measures(certain)["no_order_log_loss"] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(measures(rules["rate"].assign(future_orders=0.0))["total_bias"])


def test_log_scores_are_those_of_the_distribution() -> None:
    model = ParetoNBD.from_parameters(r=0.7, alpha=5.0, s=0.6, beta=11.0)
    summary = pd.DataFrame(
        {"frequency": [0, 2, 40], "recency": [0, 50, 290], "T": [100, 100, 300]}, index=list("abc")
    )
    came = pd.Series([0, 3, 17], index=list("abc"))
    chances = model.order_distribution(summary, 90, 20).to_numpy()[range(3), came]
    assert model.log_scores(summary, 90, came).to_numpy() == pytest.approx(np.log(chances), rel=1e-12)
    assert np.isfinite(model.log_scores(summary, 1e-3, came + 5000)).all()


def test_a_customer_in_many_windows_counts_as_one_observation() -> None:
    rng = np.random.default_rng(5)
    one = pd.DataFrame({"log_score": rng.normal(0.1, 1.0, 500)}, index=[f"c{n}" for n in range(500)])
    none = one.assign(log_score=0.0)
    once = lead(one, none)
    again = lead(pd.concat([one] * 4), pd.concat([none] * 4))
    assert again == pytest.approx(once)
    assert once.standard_error == pytest.approx(one["log_score"].std(ddof=0) / np.sqrt(500))


def test_one_standard_error_is_what_the_simpler_one_gets() -> None:
    rng = np.random.default_rng(6)
    simple = pd.DataFrame({"log_score": np.zeros(400)}, index=[f"c{n}" for n in range(400)])
    noise = rng.normal(0, 1.0, 400)
    noise -= noise.mean()
    for ahead, expected in ((0.04, "simple"), (0.06, "complex")):  # the standard error is 0.05
        better = simple.assign(log_score=noise / noise.std() + ahead)
        chosen = first_good_one({"complex": better, "simple": simple}, ["simple", "complex"])
        assert chosen == (expected, "complex")


def test_a_trial_has_a_row_for_each_customer(leaving: dict[date, pd.DataFrame]) -> None:
    rows = leaving[CUTOFFS[0]]
    trial = try_model(NBD().fit(rows), rows, HORIZON)
    assert trial.index.equals(rows.index)
    assert trial.notna().all(axis=None)
