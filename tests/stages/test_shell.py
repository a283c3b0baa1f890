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
