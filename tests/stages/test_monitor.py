"""A shop that is scored every night, and looks back."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from tests.conftest import STAGES, Workspace, make_workspace

HISTORY = "data/history"
EARLIER, UNTIL = "2023-09-03", "2023-11-02"
"""The first origin of the backtest, and the day after its horizon of 60 days."""


def days_kept(shop: Workspace) -> list[str]:
    return sorted(file.name for file in (shop.path / HISTORY).iterdir())


@pytest.fixture(scope="module")
def past(scored, tmp_path_factory) -> Workspace:
    """A shop in whose history lie runs of two earlier days, as the backtest would have scored them."""
    shop = scored.copy(tmp_path_factory.mktemp("past") / "shop")
    backtest = pd.read_parquet(shop.path / "data/scored/backtest.parquet")
    said = backtest[backtest["cutoff"] == EARLIER]
    columns = pd.read_parquet(next((shop.path / HISTORY).glob("*.parquet"))).columns
    scores = said.reindex(columns=columns).assign(spend_p10=0.0, spend_p90=100.0)
    [today] = (shop.path / HISTORY).glob("*.json")
    for day in ("2023-09-01", EARLIER):
        card = {**json.loads(today.read_text()), "as_of": day}
        (shop.path / HISTORY / f"{day}.json").write_text(json.dumps(card))
        scores.to_parquet(shop.path / HISTORY / f"{day}.parquet")
    return shop


def test_past_runs_are_judged_when_their_horizon_has_passed(past, log, tmp_path):
    shop = past.copy(tmp_path / "shop")
    shop.run_here("monitor")
    found = shop.json("metrics/reality.json")
    assert (found["past_runs"], found["due"], found["judged"]) == (2, 2, 1)
    latest = found["latest"]
    assert (latest["as_of"], latest["until"], latest["vanished"]) == (EARLIER, UNTIL, 0)
    day = pd.to_datetime(log["datum"])
    there = set(log.loc[day < EARLIER, "kunde"])
    came = set(log.loc[(day >= EARLIER) & (day < UNTIL), "kunde"])
    assert latest["customers"] == len(there)
    assert latest["realised_churn"] == pytest.approx(1 - len(there & came) / len(there), rel=1e-5)
    assert 0.5 < latest["metrics"]["roc_auc"]["value"] < 1
    table = pd.read_csv(shop.path / "plots/reality.csv")
    assert table["as_of"].tolist() == [EARLIER]

    [today] = days_kept(past)[-1:]
    kept = [f"{EARLIER}.json", f"{EARLIER}.parquet", today.replace("parquet", "json"), today]
    assert days_kept(shop) == kept  # the run two days before it will never be judged
    before = shop.files(HISTORY, "metrics")
    shop.run_here("monitor")
    assert shop.files(HISTORY) == {name: before[name] for name in before if name.startswith(HISTORY)}


def test_who_is_no_longer_in_the_log_leaves_the_history_too(past, tmp_path):
    shop = past.copy(tmp_path / "shop")
    scores = shop.path / HISTORY / f"{EARLIER}.parquet"
    said = pd.read_parquet(scores)
    said.assign(customer_key=["erased", *said["customer_key"][1:]]).to_parquet(scores)
    for _ in range(2):
        shop.run_here("monitor")
        latest = shop.json("metrics/reality.json")["latest"]
        assert (latest["customers"], latest["vanished"]) == (len(said) - 1, 1)
        assert set(pd.read_parquet(scores)["customer_key"]) == set(said["customer_key"][1:])


def test_who_gave_everything_back_is_judged_though_not_scored(past, tmp_path):
    shop = past.copy(tmp_path / "shop")
    said = pd.read_parquet(shop.path / HISTORY / f"{EARLIER}.parquet")
    customers = pd.read_parquet(shop.path / "data/scored/customers.parquet")
    back = customers[customers["customer_key"] != said["customer_key"].iloc[0]]
    back.to_parquet(shop.path / "data/scored/customers.parquet")
    shop.run_here("monitor")
    latest = shop.json("metrics/reality.json")["latest"]
    assert (latest["customers"], latest["vanished"]) == (len(said), 0)


def test_a_run_that_is_lost_or_of_another_shop_costs_only_its_row(past, tmp_path):
    shop = past.copy(tmp_path / "shop")
    scores = shop.path / HISTORY / f"{EARLIER}.parquet"
    stranger = pd.read_parquet(scores)
    stranger.assign(customer_key="x" + stranger["customer_key"]).to_parquet(scores)
    content = scores.read_bytes()
    shop.run_here("monitor")
    assert shop.json("metrics/reality.json")["judged"] == 0
    assert scores.read_bytes() == content
    shutil.rmtree(shop.path / HISTORY)
    shop.run_here("monitor")
    assert shop.json("metrics/reality.json")["past_runs"] == 0
    assert days_kept(shop) == days_kept(past)[-2:]


@pytest.mark.slow
def test_a_replay_reads_no_run_of_its_future_and_leaves_them_alone(tmp_path, log):
    shop = make_workspace(tmp_path / "shop")
    shop.write_log(log)
    shop.set(churn__members=["logistic"], evaluate__origins=1)
    until_monitor = [
        stage for stage in STAGES[: STAGES.index("monitor") + 1] if stage not in ("kpis", "portraits")
    ]
    found = {}
    for day in ("2023-09-15", "2023-11-20", "2024-01-01", "2023-11-20"):
        before = shop.files(HISTORY)
        shop.set(as_of=day)
        shop.run_here(*until_monitor)
        found[day] = shop.json("metrics/reality.json")
    assert shop.files(HISTORY) == before
    assert (found["2023-11-20"]["past_runs"], found["2023-11-20"]["judged"]) == (1, 1)
    assert (found["2024-01-01"]["past_runs"], found["2024-01-01"]["judged"]) == (2, 1)


def test_what_turns_with_the_log_is_not_taken_for_a_change_of_the_customers(scored):
    compared = set(pd.read_csv(scored.path / "plots/drift.csv")["feature"])
    assert "first_order_amount" in compared
    assert "first_in_peak_month" not in compared


def test_the_history_holds_keys_and_scores_alone(scored):
    [file] = (scored.path / HISTORY).glob("*.parquet")
    kept, customers = (
        pd.read_parquet(path) for path in (file, scored.path / "data/scored/customers.parquet")
    )
    assert file.stem == f"{customers['as_of'].iloc[0]:%Y-%m-%d}"
    pd.testing.assert_frame_equal(kept, customers[list(kept)])
    card = json.loads(file.with_suffix(".json").read_text())
    assert card["promised"]["log_loss"] == pytest.approx(
        scored.json("metrics/churn.json")["backtest"]["log_loss"]
    )


def test_an_experiment_reads_the_history_and_leaves_it_alone(scored, past, tmp_path, monkeypatch):
    shop = scored.copy(tmp_path / "shop")
    home = past.copy(tmp_path / "home")
    before = home.files(HISTORY)
    monkeypatch.setenv("DVC_EXP_NAME", "try")
    monkeypatch.setenv("DVC_ROOT", str(home.path))
    shop.run_here("monitor")
    assert shop.json("metrics/reality.json")["judged"] == 1
    assert home.files(HISTORY) == before
    assert shop.files(HISTORY) == scored.files(HISTORY)


def test_an_alarm_stops_the_export_only_where_it_is_told_to(scored, tmp_path):
    shop = scored.copy(tmp_path / "shop")
    shop.run_here("export")
    last = shop.files("exports")
    drift = shop.json("metrics/drift.json")
    assert drift["alarms"] == shop.json("metrics/reality.json")["alarms"] == []
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
    shop.run_here("export", "report")
    page = (shop.path / "reports/index.html").read_text()
    assert "changed since the models learned, more than they used to: How much they spend." in page
