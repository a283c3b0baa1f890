"""The gate at work: runs of the same shop, one after the other."""

import shutil

import pytest

from pipeline.tracking import model_versions, tracking_uri
from tests.conftest import Workspace


@pytest.mark.slow
def test_a_better_model_takes_over_and_one_that_knows_less_does_not(scored, tmp_path):
    shutil.copytree(scored.path, tmp_path / "shop")
    shop = Workspace(tmp_path / "shop")
    from_churn = ("churn", "evaluate", "score", "segments", "export", "report", "track")

    done = shop.run("export", "report", "track")
    assert "version 1 is the champion: there was none before" in done.stdout

    shop.set(churn__members=["btyd"])
    done = shop.run(*from_churn)
    assert "version 2 is the champion: better than version 1, log loss -0." in done.stdout

    shop.set(churn__members=["logistic"])
    assert "version 2 stays the champion: version 1 is worse" in shop.run(*from_churn).stdout

    shop.set(as_of="2023-12-01")
    done = shop.run("ingest", "preflight", "kpis", "snapshots", "lifetime_value", *from_churn)
    assert "version 2 stays the champion: version 3 knows less" in done.stdout, done.stderr
    newest, *_ = model_versions(tracking_uri({}, shop.path))
    assert (newest.number, newest.is_champion, newest.as_of.isoformat()) == (3, False, "2023-12-01")


def test_a_dead_server_costs_a_warning(scored, tmp_path):
    shutil.copytree(scored.path, tmp_path / "shop")
    shop = Workspace(tmp_path / "shop")
    done = shop.run("export", "report", "track", MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert done.returncode == 0
    assert "the scores are complete" in done.stderr
