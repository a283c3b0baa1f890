from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.stages import shell
from pipeline.tables import io
from tests.conftest import ROOT


@pytest.mark.parametrize("read", [io.read_json, io.read_parquet])
def test_a_stage_run_by_hand_without_its_inputs_says_who_writes_them(
    read: Callable[[Path], object],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    with pytest.raises(SystemExit, match="2"):
        shell.run(lambda _: read(Path("data/interim/log")) and None)
    assert capsys.readouterr().err.startswith("error: data/interim/log: is not there")
    with pytest.raises(FileNotFoundError):
        shell.run(lambda _: read(tmp_path / "own") and None)


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
