"""DVC runs the stages as promised: once, again, from nothing, as an experiment, and after a failure."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.conftest import ROOT, Workspace, use_simulated_shop

pytestmark = pytest.mark.slow
SCORES = "data/scored/customers.parquet"


class Repository(Workspace):
    """A fresh clone whose parameters read the simulated shop."""

    def sh(self, command: str, *, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "MLFLOW_"))
        }
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.path,
            env={**clean, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def states(self) -> list[str]:
        with closing(sqlite3.connect(self.path / "mlflow.db")) as connection:
            return [row[0] for row in connection.execute("SELECT value FROM tags WHERE key = 'state'")]


@pytest.fixture(scope="module")
def repository(tmp_path_factory, log) -> Repository:
    path = tmp_path_factory.mktemp("dvc") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(path)], check=True)
    clone = Repository(path)
    use_simulated_shop(clone)
    clone.set(churn__members=["logistic"])
    clone.write_log(log)
    clone.sh("dvc repro")
    clone.sh("git add -A && git -c user.name=test -c user.email=test@example.org commit -qm 'our shop'")
    return clone


def test_a_second_run_runs_nothing(repository):
    assert "Data and pipelines are up to date." in repository.sh("dvc repro").stdout
    assert repository.states() == list(dict.fromkeys(repository.states()))


def test_lost_outputs_come_back_with_the_same_bytes(repository):
    for folder in ("data/interim", "data/snapshots", "data/scored", "models", "exports", ".dvc/cache"):
        shutil.rmtree(repository.path / folder)
    repository.sh("git checkout -q data models exports && dvc repro && git diff --exit-code")


def test_the_lock_alone_says_whether_all_is_up_to_date(repository, tmp_path):
    clone = Repository(tmp_path / "other")
    subprocess.run(["git", "clone", "--quiet", str(repository.path), str(clone.path)], check=True)
    shutil.copy(repository.path / "data/raw/orders.csv", clone.path / "data/raw/orders.csv")
    check = "dvc repro --dry --allow-missing"
    assert "Running stage" not in clone.sh(check).stdout
    (clone.path / "pipeline/features/sql/labels.sql").write_text("-- changed")
    behind = clone.sh(check, check=False)
    assert behind.returncode != 0 or "Running stage" in behind.stdout


def test_an_experiment_in_a_copy_is_tracked_here_and_leaves_the_workspace_alone(repository):
    before = repository.states()
    repository.sh("dvc exp run --temp --copy-paths data/raw/orders.csv -n shorter -S churn.horizon_days=45")
    assert len(repository.states()) == len(before) + 1
    assert repository.sh("git diff --stat").stdout == ""
    assert "shorter" in repository.sh("dvc exp show --only-changed --md").stdout


def test_a_bad_file_stops_the_run_and_the_last_results_stay(repository):
    before = repository.files("data/interim", "data/scored", "models", "exports", "reports")
    raw = repository.path / "data/raw/orders.csv"
    good = raw.read_bytes()
    raw.write_bytes(b"kunde,datum,betrag\na,soon,nan\n")
    try:
        failed = repository.sh("dvc repro", check=False)
        assert failed.returncode != 0
        assert "Traceback" not in failed.stdout + failed.stderr
        assert "exited with 2" in failed.stderr
        assert repository.files("data/interim", "data/scored", "models", "exports", "reports") == before
    finally:
        raw.write_bytes(good)
    repository.sh("dvc repro && git diff --exit-code")


def test_scores_come_out_when_the_tracking_server_is_down(repository):
    done = repository.sh(
        "dvc repro --single-item --force track", MLFLOW_TRACKING_URI="http://127.0.0.1:9", NO_COLOR="1"
    )
    assert "warning: the scores are complete, but MLflow lacks this run or a part of it" in done.stderr
    assert (repository.path / SCORES).exists()


def test_a_killed_run_is_finished_by_the_next(repository):
    """No reader ever sees half a file: whatever the moment, the files are those of before or of after."""
    after = repository.files("data/interim")
    for seconds in (0.6, 1.0, 1.4):
        repository.sh(f"timeout -s KILL {seconds} python -m pipeline.stages.ingest", check=False)
        assert {
            name: content for name, content in repository.files("data/interim").items() if ".part" not in name
        } == after
    repository.sh("dvc repro -f ingest && git diff --exit-code")
    assert list((repository.path / "data").rglob("*.part")) == []
