"""What came after the horizon of past windows corrects the rest of the CLV, as far as the windows agree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import MBGNBD, Chooser, longrun
from pipeline.btyd.lifetimes_engine import NotConverged
from pipeline.btyd.longrun import LongRun, LongRuns, Step, long_run
from pipeline.features import orders_between
from tests.btyd.shop import every, histories, order_log

HORIZON = 60
CUTOFFS = every(30, 18, date(2022, 10, 1))
LAST = CUTOFFS[-1]
START = date(2022, 1, 1)


def steps(*of: tuple[int, float, float]) -> list[Step]:
    return [
        Step(START + timedelta(days=day), START + timedelta(days=day + 60), expected, came)
        for day, expected, came in of
    ]


def test_a_miss_that_lasts_is_believed_the_more_the_larger_it_is() -> None:
    windows = [steps((60, 10.0, 20.0)), steps((120, 30.0, 60.0)), steps((180, 5.0, 10.0))]
    found = long_run(windows, days=60)
    lasting = 3 * np.log(2) ** 2
    assert found == (pytest.approx(2 ** (lasting / (lasting + 0.04))), pytest.approx(np.log(2)), 3.0)
    small = long_run([steps((60 * number, 10.0, 10.5)) for number in (1, 2, 3)], days=60)
    assert 1.0 < small.level < 1.01


def test_days_in_several_windows_count_once() -> None:
    once = steps((60, 10.0, 20.0), (120, 10.0, 20.0), (180, 10.0, 20.0))
    assert long_run([once], days=60) == long_run([once, once, once], days=60)
    assert long_run([once], days=60).windows == 3.0


def test_fewer_than_two_windows_are_told_and_not_believed() -> None:
    found = long_run([steps((60, 10.0, 20.0)), steps((90, 10.0, 20.0))], days=60)
    assert found == (1.0, pytest.approx(np.log(2)), 1.5)


def test_windows_that_disagree_are_believed_less() -> None:
    agree = long_run([steps((60, 10.0, 15.0)), steps((120, 10.0, 15.0))], days=60)
    # The logarithms of 1.5 × 2 and 1.5 / 2 have the same mean as twice that of 1.5.
    differ = long_run([steps((60, 10.0, 30.0)), steps((120, 10.0, 7.5))], days=60)
    assert differ.missed == pytest.approx(agree.missed)
    lasting = 2 * agree.missed**2
    assert 1.0 < differ.level < agree.level
    assert np.log(differ.level) == pytest.approx(
        differ.missed * lasting / (lasting + np.log(2) ** 2 + 0.04), rel=1e-6
    )


@pytest.mark.parametrize("windows", [[], [[]], [steps((60, 0.0, 5.0))]])
def test_without_a_past_nothing_is_corrected(windows: list[list[Step]]) -> None:
    assert long_run(windows, days=60) == LongRun(1.0, 0.0, 0.0)


@pytest.mark.parametrize(("expected", "came", "most"), [(1e9, 0.0, np.exp(-1.0)), (1.0, 1e9, np.exp(1.0))])
def test_no_more_than_e_times_is_believed(expected: float, came: float, most: float) -> None:
    windows = [steps((60 * number, expected, came)) for number in range(1, 200)]
    found = long_run(windows, days=60)
    assert found.level == pytest.approx(most, rel=0.01)
    assert abs(found.missed) > 15


def test_where_no_order_came_half_a_one_is_taken() -> None:
    assert long_run([steps((60, 10.0, 0.0))], days=60).missed == pytest.approx(np.log(0.5 / 10))


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    days = order_log(900, 3, seed=1)
    return days.assign(known_from=days["day"], known_until=pd.NaT)


def long_runs(log: pd.DataFrame, clv_horizon_days: int = 250, **options: Any) -> LongRuns:
    chooser = Chooser({"mbgnbd": MBGNBD}, histories(log, CUTOFFS, HORIZON), HORIZON)
    return LongRuns(chooser, log, clv_horizon_days, **options)


def test_only_steps_that_had_ended_are_looked_at(log: pd.DataFrame) -> None:
    asked: list[date] = []

    def tells(start: date) -> bool:
        asked.append(start)
        return True

    found = long_runs(log, tells=tells).of("mbgnbd", LAST)
    assert max(asked) + timedelta(days=HORIZON) <= LAST
    # From the end of the first window's horizon on; of 250 days three steps of 60 follow the first.
    assert found.windows == pytest.approx(((LAST - CUTOFFS[0]).days - HORIZON) / 180, abs=0.2)
    assert long_runs(log[log["day"] < str(LAST)]).of("mbgnbd", LAST) == found


def test_twice_the_orders_after_every_window_are_a_miss_of_twice(log: pd.DataFrame, monkeypatch) -> None:
    as_it_is = long_runs(log).of("mbgnbd", LAST)
    assert abs(as_it_is.missed) < 0.3
    monkeypatch.setattr(longrun, "orders_between", lambda *given: 2 * orders_between(*given))
    assert long_runs(log).of("mbgnbd", LAST).missed - as_it_is.missed == pytest.approx(np.log(2), abs=1e-6)


@pytest.mark.parametrize("cutoff", [CUTOFFS[2], CUTOFFS[12]])
def test_a_young_log_teaches_nothing(log: pd.DataFrame, cutoff: date) -> None:
    assert long_runs(log).of("mbgnbd", cutoff) == LongRun()


class Lost(MBGNBD):
    """Its search finds nothing."""

    def fit(self, *_: Any) -> MBGNBD:
        raise NotConverged("no end in sight")


def test_a_model_that_cannot_be_fitted_teaches_nothing(log: pd.DataFrame) -> None:
    chooser = Chooser({"mbgnbd": Lost}, histories(log, CUTOFFS, HORIZON), HORIZON)
    assert LongRuns(chooser, log, 250).of("mbgnbd", LAST) == LongRun()


def test_a_closed_shop_teaches_nothing(log: pd.DataFrame) -> None:
    assert long_runs(log, tells=lambda start: False).of("mbgnbd", LAST) == LongRun()


def test_where_the_clv_ends_within_two_horizons_there_is_no_rest(log: pd.DataFrame) -> None:
    assert long_runs(log, clv_horizon_days=119).of("mbgnbd", LAST) == LongRun()
