from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UserError
from pipeline.tracking import (
    PipelineState,
    model_versions,
    promote,
    rollback,
    stored_model,
    track,
    unknown_versions,
)
from pipeline.tracking.store import open_store


@pytest.fixture
def three(state: PipelineState, uri: str, features) -> str:
    """A store with three versions."""
    track(state, uri)
    for strength in (0.1, 1.0):
        other = LogisticRegression(C=strength).fit(features.fillna(0), features["overdue"] > 0)
        state.model_file.write_bytes(skops.io.dumps(other))
        track(replace(state, run_id=f"{strength}" * 8, holdout_model_file=None), uri)
    return uri


def champion(uri: str) -> int | None:
    return next((each.number for each in model_versions(uri) if each.is_champion), None)


def test_the_alias_moves_and_goes_back_the_way_it_came(three: str):
    assert champion(three) is None
    for number in (1, 3, 2):
        promote(three, number, by="the gate", why="better")
        assert champion(three) == number
    with open_store(three) as client:
        assert client.get_model_version_by_alias("churn", "champion").version in (2, "2")
    assert rollback(three) == 3
    assert rollback(three) == 1
    with pytest.raises(UserError, match="no champion before"):
        rollback(three)
    assert champion(three) == 1
    found = {each.number: each for each in model_versions(three)}
    assert [found[number].set_aside for number in (1, 2, 3)] == [False, True, True]
    assert found[1].decided.endswith(" by hand")
    with open_store(three) as client:
        tags = client.get_model_version("churn", "1").tags
    assert tags["champion_why"] == "version 3 was rolled back"

    promote(three, 3, by="by hand", why="it was fine")
    assert not next(each for each in model_versions(three) if each.number == 3).set_aside


def test_a_version_gives_back_what_it_was_registered_with(state: PipelineState, uri: str, tmp_path: Path):
    holdout = tmp_path / "tested.skops"
    holdout.write_bytes(skops.io.dumps({"another": 1}))
    track(replace(state, holdout_model_file=holdout), uri)

    assert stored_model(uri, 1, "churn.skops") == state.model_file.read_bytes()
    assert stored_model(uri, 1, "churn_holdout.skops") == holdout.read_bytes()
    (version,) = model_versions(uri)
    assert (version.as_of.isoformat(), version.horizon_days) == ("2024-06-01", 90)
    assert version.log_loss == state.model_tags["log_loss"]
    assert (version.data_fingerprint, version.experiment) == (state.data_fingerprint, "churn")


def test_the_commands(three: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner()
    assert run.invoke(app, ["models", "promote", "1"]).exit_code == 0
    assert "version 3 is the champion" in run.invoke(app, ["models", "promote", "3"]).output

    listed = run.invoke(app, ["models", "list"])
    assert listed.exit_code == 0
    newest, *_, oldest = listed.output.splitlines()[1:]
    assert newest.split()[0] == "3*"
    assert "0.4012 (0.3890 to 0.4130)" in oldest
    assert "by hand" in oldest

    unknown = run.invoke(app, ["models", "promote", "9"])
    assert unknown.exit_code == 2
    assert "model version 9: there is no such version\n  valid: 1, 2, 3" in unknown.output
    assert "version 1 is the champion again" in run.invoke(app, ["models", "rollback"]).output


def test_without_a_store_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for command in (["list"], ["rollback"], ["promote", "1"]):
        done = CliRunner().invoke(app, ["models", *command])
        assert done.exit_code == 2
        assert "error:" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_version_without_the_gates_tags_is_named_and_passed_over(
    three: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A store from before there were champions, or with a model somebody registered by hand."""
    monkeypatch.chdir(tmp_path)
    with open_store(three) as client:
        client.delete_model_version_tag("churn", "2", "as_of")
    assert [each.number for each in model_versions(three)] == [3, 1]
    assert unknown_versions(three) == [2]
    listed = CliRunner().invoke(app, ["models", "list"])
    assert listed.exit_code == 0
    assert "passed over, without the tags that the gate needs: version 2" in " ".join(listed.output.split())
    with pytest.raises(UserError, match="no such version"):
        promote(three, 2, by="by hand", why="mine")

    with open_store(three) as client:
        for number in ("1", "3"):
            client.delete_model_version_tag("churn", number, "holdout")
    listed = CliRunner().invoke(app, ["models", "list"])
    assert listed.exit_code == 2
    assert "dvc repro -s -f track registers today's" in " ".join(listed.output.split())
