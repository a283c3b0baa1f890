from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Workspace


def test_a_season_that_a_young_log_cannot_have_is_not_claimed(
    scored: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shop = scored.copy(tmp_path / "shop")
    shop.set(lifetime_value__season="anchor")
    shop.run_here("lifetime_value")

    for file, where in (("models", lambda found: found["fits"][-1]), ("metrics", lambda found: found)):
        found = where(json.loads((shop.path / file / "lifetime_value.json").read_text()))
        assert found["season"] == {"season": "off", "reason": "not_found", "tried": {}}
    said = capsys.readouterr()
    assert "season off" in said.out
    assert "the log is too short for lifetime_value.season: anchor, or shows none" in said.err
