"""A shop that is scored month after month, as the nightly job would, and looks back."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from tests.conftest import STAGES, Workspace, make_workspace

NIGHTLY = [stage for stage in STAGES if stage not in ("preflight", "kpis", "portraits", "track")]
DAYS = ("2023-09-15", "2023-11-20", "2024-01-01")
HISTORY = "data/history"


def read(shop: Workspace, name: str) -> dict:
    return json.loads((shop.path / name).read_text())


def copy_of(shop: Workspace, path) -> Workspace:
    shutil.copytree(shop.path, path)
    return Workspace(path)


def rerun(shop: Workspace, *stages: str, **env: str) -> None:
    done = shop.run(*stages, **env)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def months(tmp_path_factory, log) -> Workspace:
    """A shop scored on three days of one log; horizon 60 days."""
    shop = make_workspace(tmp_path_factory.mktemp("months") / "shop")
    shop.write_log(log)
    shop.set(churn__members=["logistic"], evaluate__origins=1)
    for day in DAYS:
        shop.set(as_of=day)
        rerun(shop, *STAGES[: STAGES.index("report")])
    return shop


@pytest.mark.slow
def test_past_runs_are_judged_when_their_horizon_has_passed(months, log):
    found = read(months, "metrics/reality.json")
    assert (found["past_runs"], found["due"], found["judged"]) == (2, 1, 1)
    latest = found["latest"]
    assert (latest["as_of"], latest["until"], latest["vanished"]) == (DAYS[0], "2023-11-14", 0)
    day = pd.to_datetime(log["datum"])
    there = set(log.loc[day < DAYS[0], "kunde"])
    came = set(log.loc[(day >= DAYS[0]) & (day < "2023-11-14"), "kunde"])
    assert latest["customers"] == len(there)
    assert latest["realised_churn"] == pytest.approx(1 - len(there & came) / len(there), rel=1e-5)
    assert 0.5 < latest["metrics"]["roc_auc"]["value"] < 1
    table = pd.read_csv(months.path / "plots/reality.csv")
    assert table["as_of"].tolist() == [DAYS[0]]


@pytest.mark.slow
def test_a_replay_reads_no_run_of_its_future_and_replaces_its_own_day(months, tmp_path):
    shop = copy_of(months, tmp_path / "shop")
    before = shop.files(HISTORY)
    shop.set(as_of=DAYS[1])
    rerun(shop, *STAGES[: STAGES.index("segments")])
    found = read(shop, "metrics/reality.json")
    assert (found["past_runs"], found["judged"]) == (1, 1)
    assert shop.files(HISTORY) == before


@pytest.mark.slow
def test_a_run_that_is_lost_or_of_another_shop_costs_only_its_row(months, tmp_path):
    shop = copy_of(months, tmp_path / "shop")
    scores = shop.path / HISTORY / f"{DAYS[0]}.parquet"
    stranger = pd.read_parquet(scores)
    stranger.assign(customer_key="x" + stranger["customer_key"]).to_parquet(scores)
    rerun(shop, "monitor")
    assert read(shop, "metrics/reality.json")["judged"] == 0
    shutil.rmtree(shop.path / HISTORY)
    rerun(shop, "monitor")
    assert read(shop, "metrics/reality.json")["past_runs"] == 0
    assert [file.name for file in sorted((shop.path / HISTORY).iterdir())] == [
        f"{DAYS[2]}.json",
        f"{DAYS[2]}.parquet",
    ]


def test_the_history_holds_keys_and_scores_alone(scored):
    [file] = (scored.path / HISTORY).glob("*.parquet")
    kept, customers = (
        pd.read_parquet(path) for path in (file, scored.path / "data/scored/customers.parquet")
    )
    assert file.stem == f"{customers['as_of'].iloc[0]:%Y-%m-%d}"
    pd.testing.assert_frame_equal(kept, customers[list(kept)])
    card = json.loads(file.with_suffix(".json").read_text())
    assert card["promised"]["log_loss"] == pytest.approx(
        read(scored, "metrics/churn.json")["backtest"]["log_loss"]
    )


def test_an_experiment_reads_the_history_and_leaves_it_alone(scored, tmp_path):
    shop = copy_of(scored, tmp_path / "shop")
    home = copy_of(scored, tmp_path / "home")
    before = home.files(HISTORY)
    rerun(shop, "monitor", DVC_EXP_NAME="try", DVC_ROOT=str(home.path))
    assert home.files(HISTORY) == before == shop.files(HISTORY)


def test_an_alarm_stops_the_export_only_where_it_is_told_to(scored, tmp_path):
    shop = copy_of(scored, tmp_path / "shop")
    rerun(shop, "export")
    last = shop.files("exports")
    drift = read(shop, "metrics/drift.json")
    assert drift["alarms"] == read(shop, "metrics/reality.json")["alarms"] == []
    drift["alarms"] = [{"kind": "features", "features": ["spend_90d"], "text": "moved: spend_90d"}]
    (shop.path / "metrics/drift.json").write_text(json.dumps(drift))
    (shop.path / "data/scored/segments.parquet").unlink()

    shop.set(monitor__action="stop_export")
    stopped = shop.run("export")
    assert stopped.returncode == 2
    assert "Traceback" not in stopped.stderr
    assert "no export, the last one stays as it was: moved: spend_90d" in stopped.stderr
    assert shop.files("exports") == last

    shutil.copy(scored.path / "data/scored/segments.parquet", shop.path / "data/scored/segments.parquet")
    shop.set(monitor__action="mark", report__language="en")
    rerun(shop, "export", "report")
    page = (shop.path / "reports/index.html").read_text()
    assert "changed since the models learned, more than they used to: spend 90d." in page
