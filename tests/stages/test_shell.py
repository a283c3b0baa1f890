from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from pipeline.stages import shell


@pytest.mark.parametrize("terminal", [True, False])
def test_the_phases_show_on_a_terminal_only(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    monkeypatch.setattr(shell, "_errors", Console(file=screen, force_terminal=terminal))
    with shell.phases(["reading", "writing"]) as begin:
        begin("reading")
        begin("writing")
    assert ("writing" in screen.getvalue()) == terminal


@pytest.mark.parametrize("terminal", [True, False])
def test_the_time_limit_ends_and_shows_on_a_terminal_only(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, clock = StringIO(), iter([0.0, 59.0, 61.0])
    monkeypatch.setattr(shell, "_errors", Console(file=screen, force_terminal=terminal))
    monkeypatch.setattr(shell, "monotonic", lambda: next(clock))
    with shell.time_limit(1.0, "settings") as go_on:
        assert [go_on(1), go_on(2)] == [True, False]
    assert ("settings, 2 tried" in screen.getvalue()) == terminal
