from __future__ import annotations

import getpass
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipeline.tracking import PipelineState, TrackingFailed, is_tracked, registry, track, tracking_uri
from pipeline.tracking.store import open_store

TRACK = """
import json, sys
from pathlib import Path
from pipeline.tracking import PipelineState, track
fields = json.loads(sys.argv[1])
fields["plots"] = [Path(path) for path in fields["plots"]]
for name in ("model_file", "holdout_model_file", "value_model_file"):
    fields[name] = Path(fields[name])
print(track(PipelineState(**fields), sys.argv[2]).created)
"""


def runs(uri: str) -> list:
    with open_store(uri) as client:
        experiments = [each.experiment_id for each in client.search_experiments()]
        return client.search_runs(experiments)


def artifacts(uri: str, run_id: str, folder: str | None = None) -> set[str]:
    with open_store(uri) as client:
        found = client.list_artifacts(run_id, folder)
    return {each.path for each in found if not each.is_dir}.union(
        *(artifacts(uri, run_id, each.path) for each in found if each.is_dir)
    )


def test_a_new_state_is_one_finished_run_that_holds_everything(state: PipelineState, uri: str):
    tracked = track(replace(state, dvc_experiment="puffy-owl", git_dirty=True), uri)

    (run,) = runs(uri)
    assert tracked.created
    assert tracked.run_id == run.info.run_id
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "puffy-owl"
    assert run.data.metrics == {
        "churn.roc_auc": 0.81,
        "churn.roc_auc_low": 0.79,
        "churn.roc_auc_high": 0.83,
        "value.bias": -0.02,
        "value.rows": 2357.0,
    }
    assert run.data.params["churn.horizon_days"] == "90"
    assert json.loads(run.data.params["churn.features"]) == state.params["churn"]["features"]
    tags = run.data.tags
    assert tags["state"] == state.run_id
    assert tags["data_fingerprint"] == state.data_fingerprint
    assert (tags["git_revision"], tags["git_dirty"]) == (state.git_revision, "true")
    assert tags["dvc_experiment"] == "puffy-owl"
    assert tags["churn.grade"] == "B"
    assert tags["churn_model"] == "models:/churn/1"
    assert artifacts(uri, tracked.run_id) == {
        "params.json",
        "metrics.json",
        "models/churn.json",
        "models/lifetime_value.json",
        "models/value.skops",
        "plots/gains.csv",
        "reports/index.html",
    }


def test_a_long_parameter_is_cut_in_the_table_and_whole_in_the_file(state: PipelineState, uri: str):
    track(state, uri)

    (run,) = runs(uri)
    assert run.data.params["ingest.note"] == "x" * 500
    with open_store(uri) as client:
        whole = Path(client.download_artifacts(run.info.run_id, "params.json"))
    assert json.loads(whole.read_text()) == state.params


def test_more_parameters_than_one_request_may_carry(state: PipelineState, uri: str):
    many = {"many": {f"key_{i}": i for i in range(250)}}
    track(replace(state, params=many), uri)

    (run,) = runs(uri)
    assert len(run.data.params) == 250


@pytest.mark.parametrize(
    "label",
    [
        "s3://bucket/orders.csv",
        "data/raw/orders (1).csv",
        "data/raw/../d'export&Käufe+returns@1.csv",
        "orders.xlsx, 2023",
        "data/raw/" + 40 * "long name ",
        "/",
    ],
)
def test_a_shop_may_call_its_files_and_words_as_it_likes(state: PipelineState, uri: str, label: str):
    metrics = {"ingest": {"sources": {label: {"rows_read": 7, "newest": "2023-01-31"}}}}
    params = {"sources": {"orders": {"path": label, "words": {label: "month"}}}}
    tracked = track(replace(state, metrics=metrics, params=params), uri)

    assert is_tracked(state.run_id, uri)
    (run,) = runs(uri)
    assert run.info.run_id == tracked.run_id
    assert list(run.data.metrics.values()) == [7.0]
    assert "2023-01-31" in run.data.tags.values()
    assert "month" in run.data.params.values()


def test_names_that_become_the_same_lose_no_value(state: PipelineState, uri: str):
    metrics = {"ingest": {"orders&returns.csv": 1, "orders+returns.csv": 2}}
    track(replace(state, metrics=metrics, params={"words": {"n/a?": "x", "n/a!": "y"}}), uri)

    (run,) = runs(uri)
    assert run.data.metrics == {"ingest.orders_returns.csv": 1.0, "ingest.orders_returns.csv 2": 2.0}
    assert run.data.params == {"words.n/a_": "x", "words.n/a_ 2": "y"}


def test_a_known_state_is_found_again_and_nothing_doubles(state: PipelineState, uri: str):
    first = track(state, uri)
    (before,) = runs(uri)
    second = track(state, uri)

    (after,) = runs(uri)
    assert not second.created
    assert replace(second, created=True) == first
    assert after.data.to_dictionary() == before.data.to_dictionary()
    assert after.info.end_time == before.info.end_time
    with open_store(uri) as client:
        assert len(client.get_metric_history(first.run_id, "churn.roc_auc")) == 1


def test_a_state_is_tracked_when_its_run_is_finished(state: PipelineState, uri: str, tmp_path: Path):
    assert not is_tracked(state.run_id, uri)
    run_id = track(state, uri).run_id
    assert is_tracked(state.run_id, uri)
    assert not is_tracked("another state", uri)
    with open_store(uri) as client:
        client.set_terminated(run_id, "FAILED")
    assert not is_tracked(state.run_id, uri)
    assert not is_tracked(state.run_id, f"sqlite:///{tmp_path / 'nothing.db'}")
    (tmp_path / "other.db").write_text("no database")
    assert not is_tracked(state.run_id, f"sqlite:///{tmp_path / 'other.db'}")


def test_another_state_is_another_run(state: PipelineState, uri: str):
    first = track(state, uri)
    second = track(replace(state, run_id="77" * 32), uri)

    assert second.created
    assert second.run_id != first.run_id
    assert len(runs(uri)) == 2


@pytest.mark.parametrize(
    ("death", "left"), [(OSError("disk full"), "FAILED"), (KeyboardInterrupt(), "RUNNING")]
)
def test_a_run_that_died_half_way_is_finished(
    state: PipelineState, uri: str, monkeypatch: pytest.MonkeyPatch, death: BaseException, left: str
):
    def die(*_: object, **__: object) -> str:
        raise death

    with monkeypatch.context() as patch:
        patch.setattr(registry, "register", die)
        with pytest.raises((TrackingFailed, KeyboardInterrupt)):
            track(state, uri)
    (dead,) = runs(uri)
    assert dead.info.status == left

    tracked = track(state, uri)

    (run,) = runs(uri)
    assert (tracked.run_id, tracked.created) == (dead.info.run_id, False)
    assert run.info.status == "FINISHED"
    assert run.data.tags["churn_model"] == "models:/churn/1"


def test_nobodys_name_or_folder_is_written(state: PipelineState, uri: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOGNAME", "anna.example")
    assert getpass.getuser() == "anna.example"
    source = {"source": {"path": "/home/anna.example/shop/orders.csv"}}
    track(replace(state, params=source), uri)

    (run,) = runs(uri)
    assert run.data.params["source.path"] == "~/shop/orders.csv"
    assert run.data.tags["mlflow.user"] == "pipeline"
    assert run.data.tags["mlflow.source.name"] == "dvc repro"
    written = [json.dumps(run.to_dictionary()["data"])]
    store = state.model_file.parent
    written += [
        path.read_text()
        for path in (store / "mlruns").rglob("*.*")
        if path.is_file() and path.suffix != ".skops"
    ]
    assert not [text for text in written if "anna.example" in text]
    (recipe,) = (store / "mlruns").rglob("MLmodel")
    assert str(registry.SERVED_BY.parent) not in recipe.read_text()
    assert str(state.model_file) not in recipe.read_text()
    assert b"anna.example" not in (store / "mlflow.db").read_bytes()


def test_two_processes_on_a_new_store_share_one_run_in_silence(state: PipelineState, tmp_path: Path):
    uri = tracking_uri({}, tmp_path / "new")
    command = [sys.executable, "-c", TRACK, json.dumps(asdict(state), default=str), uri]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=240) for process in both]

    assert sorted(out for out, _ in said) == ["False\n", "True\n"], said
    assert [err for _, err in said] == ["", ""]
    (run,) = runs(uri)
    assert run.info.status == "FINISHED"
    with open_store(uri) as client:
        assert [each.version for each in client.search_model_versions("name = 'churn'")] in (["1"], [1])
    assert not (tmp_path / "mlruns").exists(), "artifacts belong beside the database, not where we started"
