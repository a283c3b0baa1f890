"""The preflight's screen for people."""

from __future__ import annotations

import io

from rich.console import Console

from pipeline.preflight.screen import screen
from tests.preflight.test_availability import look, orders


def shown(days: int) -> str:
    weekly = [list(range(start, days, 28)) for start in range(28)]
    printed = io.StringIO()
    Console(file=printed, width=200).print(screen(look(orders(*weekly), days, min_history_days=70)))
    return " ".join(printed.getvalue().split())


def test_where_the_recommended_horizon_does_not_fit_it_says_what_makes_room() -> None:
    assert "Learning and testing work up to 15 days, up to 28 with snapshots.min_history_days: 44." in shown(
        100
    )
    assert "Learning and testing work up to 115 days." in shown(300)
