"""The gate at work: runs of the same shop, one after the other."""

import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from pipeline.stages import files, track
from pipeline.tracking import model_versions, tracking_uri
from tests.conftest import ROOT, STAGES

PRINTED = "\nprint(churn_probability.set_axis(today.index).iloc[:, 0].to_json())"


def predicted_as_documented(shop) -> dict[str, float]:
    """Score the customers with the champion the way docs/champion.md does it, in a process of its own."""
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/champion.md").read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code + PRINTED], cwd=shop.path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_a_better_model_takes_over_and_one_that_knows_less_does_not(scored, tmp_path):
    shop = scored.copy(tmp_path / "shop")
    before, from_churn = STAGES[: STAGES.index("churn")], STAGES[STAGES.index("churn") :]

    shop.set(churn__members=["logistic"])
    done = shop.run(*from_churn)
    assert "version 1 is the champion: there was none before" in done.stdout, done.stderr
    assert predicted_as_documented(shop) == pytest.approx(
        pd.read_parquet(shop.path / files.CUSTOMERS).set_index("customer_key")["churn_probability"].to_dict()
    )

    kept = {"mlflow.db": (shop.path / "mlflow.db").read_bytes(), **shop.files("mlruns")}
    assert any(name.endswith("index.html") for name in kept)
    assert [name for name, content in kept.items() if "Müller-".encode() in content] == []

    shop.set(churn__members=["btyd"])
    done = shop.run(*from_churn)
    assert "version 2 is the champion: better than version 1, log loss -0." in done.stdout

    shop.set(churn__members=["logistic"])
    assert "version 2 stays the champion: version 1 is worse" in shop.run(*from_churn).stdout

    shop.set(as_of="2023-12-01")
    done = shop.run(*before, *from_churn)
    assert "version 2 stays the champion: version 3 knows less" in done.stdout, done.stderr
    newest, *_ = model_versions(tracking_uri({}, shop.path))
    assert (newest.number, newest.is_champion, newest.as_of.isoformat()) == (3, False, "2023-12-01")


def test_a_dead_server_costs_a_warning(scored, tmp_path):
    shop = scored.copy(tmp_path / "shop")
    done = shop.run("track", MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert done.returncode == 0
    assert "the scores are complete" in done.stderr


def test_ids_that_are_left_out_stay_out_of_mlflow():
    written = {"seed": 7, "ingest": {"zero_amount": "keep", "exclude_customers": ["max@muster.de", "test-*"]}}
    assert track._without_ids(written) == {
        "seed": 7,
        "ingest": {"zero_amount": "keep", "exclude_customers": 2},
    }
    for nobody in ({"seed": 7}, {"ingest": {"exclude_customers": []}}):
        assert track._without_ids(nobody) == nobody
