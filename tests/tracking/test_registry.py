from __future__ import annotations

import hashlib
import os
import pickletools
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from pipeline.tracking import PipelineState, TrackingFailed, track
from pipeline.tracking.store import open_store

# As on a machine that has MLflow and scikit-learn, and neither this project nor trust in pickles.
SCORE = """
import sys
sys.modules["pipeline"] = None
import mlflow, numpy, pandas
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.pyfunc.load_model("models:/churn/1")
scored = model.predict(pandas.read_parquet(sys.argv[2]))
assert list(scored.columns) == ["churn_probability"]
sys.stdout.write(scored["churn_probability"].to_numpy().tobytes().hex())
"""


def versions(uri: str) -> list:
    with open_store(uri) as client:
        return client.search_model_versions("name = 'churn'")


def churn_probability(classifier, features: pd.DataFrame) -> np.ndarray:
    return classifier.predict_proba(features)[:, 1]


def test_it_scores_to_the_same_bits_where_this_project_is_not_installed(
    state: PipelineState, uri: str, classifier, features: pd.DataFrame, tmp_path: Path
):
    track(state, uri)
    features.to_parquet(tmp_path / "features.parquet")
    environment = {**os.environ, "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"}

    command = [sys.executable, "-c", SCORE, uri, str(tmp_path / "features.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    assert done.returncode == 0, done.stderr
    scored = np.frombuffer(bytes.fromhex(done.stdout))
    np.testing.assert_array_equal(scored, churn_probability(classifier, features))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_signature_orders_columns_and_refuses_a_frame_without_one(
    state: PipelineState, uri: str, classifier, features: pd.DataFrame
):
    from mlflow import MlflowException, pyfunc

    track(state, uri)
    model = pyfunc.load_model("models:/churn/1")

    shuffled = features[features.columns[::-1]].assign(customer_key="k").sample(frac=1, random_state=1)
    scored = model.predict(shuffled)
    expected = churn_probability(classifier, features.loc[shuffled.index])
    np.testing.assert_array_equal(scored["churn_probability"], expected)
    assert scored.index.equals(shuffled.index)
    with pytest.raises(MlflowException, match="overdue"):
        model.predict(features.drop(columns="overdue"))
    assert {column.type.name for column in model.metadata.signature.inputs} == {"double"}


def test_one_model_has_one_version_however_many_states_use_it(state: PipelineState, uri: str, features):
    first = track(state, uri)
    again = track(replace(state, run_id="77" * 32), uri)
    other = LogisticRegression().fit(features.fillna(0), features["overdue"] > 0)
    state.model_file.write_bytes(skops.io.dumps(other))
    changed = track(replace(state, run_id="88" * 32), uri)

    assert [first.model_version, again.model_version, changed.model_version] == [1, 1, 2]
    assert len(versions(uri)) == 2
    with open_store(uri) as client:
        assert client.get_run(again.run_id).data.tags["churn_model"] == "models:/churn/1"


def test_the_same_file_on_another_day_is_another_version(state: PipelineState, uri: str):
    track(state, uri)
    later = {**state.model_tags, "as_of": "2024-06-02"}
    assert track(replace(state, run_id="77" * 32, model_tags=later), uri).model_version == 2


def test_a_version_says_where_it_comes_from_and_what_it_needs(state: PipelineState, uri: str):
    tracked = track(state, uri)

    (registered,) = versions(uri)
    assert registered.run_id == tracked.run_id
    assert registered.tags == {
        "sha256": hashlib.sha256(state.model_file.read_bytes()).hexdigest(),
        "state": state.run_id,
        "data_fingerprint": state.data_fingerprint,
        "git_revision": state.git_revision,
        "git_dirty": "false",
        "experiment": state.experiment,
        **state.model_tags,
    }
    (needed,) = (state.model_file.parent / "mlruns").rglob("requirements.txt")
    lines = needed.read_text().split()
    assert f"scikit-learn=={version('scikit-learn')}" in lines
    assert all("==" in line for line in lines)


def test_no_pickle_is_stored(state: PipelineState, uri: str, tmp_path: Path):
    assert is_pickle(b"\x80\x04]\x94.")
    track(state, uri)

    stored = dict(contents(tmp_path / "mlruns"))
    assert any(name.endswith("schema.json") for name in stored), "the archive itself was not looked into"
    assert not [name for name, data in stored.items() if is_pickle(data)]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


def is_pickle(data: bytes) -> bool:
    try:
        return any(True for _ in pickletools.genops(data)) and data[:1] == b"\x80"
    except ValueError:
        return False


def test_no_customer_goes_with_the_model(state: PipelineState, uri: str, tmp_path: Path):
    track(state, uri)

    assert not list((tmp_path / "mlruns").rglob("*input_example*"))


def test_a_missing_model_file_fails_in_a_sentence(state: PipelineState, uri: str):
    with pytest.raises(TrackingFailed, match=r"gone\.skops"):
        track(replace(state, model_file=Path("gone.skops")), uri)
