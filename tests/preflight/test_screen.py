"""The preflight's screen for people."""

from __future__ import annotations

import io

from rich.console import Console

from pipeline.preflight.horizon import longer_horizon
from pipeline.preflight.screen import screen
from tests.preflight.test_availability import look, orders


def printed(report: dict) -> str:
    page = io.StringIO()
    Console(file=page, width=200).print(screen(report))
    return " ".join(page.getvalue().split())


def shown(days: int) -> str:
    weekly = [list(range(start, days, 28)) for start in range(28)]
    return printed(look(orders(*weekly), days, min_history_days=70))


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
    assert longer_horizon(look(orders(*rare), 620, horizon_days=180)) is None
    assert longer_horizon(look(orders(*rare), 620, min_history_days=300)) is None
