"""The preflight's screen for people."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

from rich.console import Console

from pipeline.preflight.horizon import longer_horizon
from pipeline.preflight.screen import screen
from tests.preflight.shop import LEFT_OUT, PLAN, look, orders


def printed(report: dict, today: date | None = date(2024, 1, 1)) -> str:
    page = io.StringIO()
    Console(file=page, width=200).print(screen(report, today))
    return " ".join(page.getvalue().split())


def shown(days: int) -> str:
    weekly = [list(range(start, days, 28)) for start in range(28)]
    return printed(look(orders(*weekly), days, replace(PLAN, min_history_days=70)))


def test_where_the_recommended_horizon_does_not_fit_it_says_what_makes_room() -> None:
    assert "Learning and testing work up to 15 days, up to 28 with snapshots.min_history_days: 44." in shown(
        100
    )
    assert "Learning and testing work up to 115 days." in shown(300)


def test_where_too_few_come_back_the_recommended_horizon_is_named() -> None:
    rare = [[start, start + 170] for start in range(300)] + [[day] for day in range(0, 600, 2)]
    report = look(orders(*rare), 620)
    assert longer_horizon(report) == 180
    assert "More of them come back within the recommended churn.horizon_days: 180." in printed(report)
    assert longer_horizon(look(orders(*rare), 620, replace(PLAN, horizon_days=180))) is None
    assert longer_horizon(look(orders(*rare), 620, replace(PLAN, min_history_days=300))) is None


def test_rows_that_were_left_out_are_told() -> None:
    report = look(orders([0, 9]), 20)
    assert "left out" not in printed(report)
    report["left_out"] |= {"missing_customer_id": 5_025, "duplicates": 3}
    assert "left out rows: 5,025 without a customer, 3 repeated" in printed(report)


def test_every_reason_to_leave_rows_out_has_words() -> None:
    report = look(orders([0, 9]), 20)
    report["left_out"] = {why: n for n, why in enumerate(LEFT_OUT, start=1)}
    assert printed(report).count("left out rows: 1 ") == 1


def test_a_log_that_ends_long_ago_is_seen_though_as_of_is_its_last_day() -> None:
    report = look(orders([0, 50], [10, 90]), 91)
    last = date.fromisoformat(report["coverage"]["last_day"])
    assert "last order 1 day before as_of, 245 days before today" in printed(report, last + timedelta(245))
    assert "before as_of, 0 days before today" in printed(report, last - timedelta(1)), "another time zone"


def test_where_the_horizon_is_over_the_screen_begins_with_it() -> None:
    report = look(orders([0, 50], [10, 90]), 91)
    last_of_horizon = date.fromisoformat(report["as_of"]) + timedelta(
        report["horizon"]["configured"]["days"] - 1
    )
    told = "days that are looked ahead to"
    assert told not in printed(report, last_of_horizon)
    assert printed(report, last_of_horizon + timedelta(1)).startswith("Old: the last order is")
    assert told not in printed(report, None), "a replay"
    assert "before today" not in printed(report, None)


def test_what_is_given_all_the_same_is_all_that_is_not_switched_off() -> None:
    report = look(orders(*[[start, start + 30] for start in range(100)]), 140)
    for off, given in (
        (["churn", "clv"], "KPIs and RFM groups are given"),
        (["clv"], "KPIs, RFM groups, churn probability are given"),
        (["churn"], "KPIs, RFM groups, expected orders, spend and CLV are given"),
    ):
        assert given in printed({**report, "switched_off": off})
    assert "are given all the same" not in printed({**report, "switched_off": []})
