"""What params.yaml decides about the log reaches the snapshots and the models."""

import pandas as pd
import pytest


def read(workspace, name: str) -> pd.DataFrame:
    return pd.read_parquet(workspace.path / name)


def test_returns_reach_the_snapshots_and_the_money_adds_up(workspace, log):
    back = log.iloc[::5].assign(betrag=-log["betrag"])
    back["datum"] = (pd.to_datetime(back["datum"]) + pd.Timedelta(days=9)).dt.strftime("%Y-%m-%d %H:%M:%S")
    workspace.write_log(pd.concat([log, back[back["datum"] < "2023-12-31"]]))
    assert workspace.run("ingest", "snapshots").returncode == 0
    counted = workspace.json("metrics/ingest.json")["policies"]["returns"]
    assert set(counted["matched_by"]) <= {"amount", "latest"}
    assert counted["matched_by"]["amount"] > 100
    orders, snapshots = (
        read(workspace, "data/interim/orders.parquet"),
        read(workspace, "data/snapshots/snapshots.parquet"),
    )
    today = snapshots[snapshots["cutoff"] == snapshots["cutoff"].max()]
    returns = read(workspace, "data/interim/returns.parquet")
    net = float(orders["amount"].sum() - returns["netted"].sum())
    assert abs(today["spend_total"].sum() - net) < 0.01
    assert len(today) < orders["customer_key"].nunique()  # who gave everything back is no customer


@pytest.mark.slow
def test_births_from_changes_the_fits_and_scores_everybody(workspace, log):
    workspace.write_log(log)
    assert workspace.run("ingest", "preflight", "snapshots", "lifetime_value").returncode == 0
    fits = workspace.json("models/lifetime_value.json")["fits"]
    workspace.set(ingest__births_from="2023-02-15", snapshots__min_history_days=30)
    done = workspace.run("ingest", "preflight", "snapshots", "lifetime_value")
    assert done.returncode == 0, done.stderr
    later = workspace.json("models/lifetime_value.json")["fits"]
    assert later[-1]["cutoff"] == fits[-1]["cutoff"]
    assert later[-1]["orders"] != fits[-1]["orders"]
    values = read(workspace, "data/snapshots/lifetime_value.parquet")
    today = values[values["cutoff"] == values["cutoff"].max()]
    assert len(today) == log["kunde"].nunique()
    assert today["clv"].notna().all()


@pytest.mark.slow
def test_births_from_so_late_that_nothing_can_be_learned_ends_in_insufficient_history(workspace, log):
    workspace.write_log(log)
    workspace.set(ingest__births_from="2023-11-15")
    done = workspace.run("ingest", "preflight", "snapshots", "lifetime_value", "churn", "evaluate", "score")
    assert done.returncode == 0, done.stderr
    scored = read(workspace, "data/scored/customers.parquet")
    assert set(scored["score_status"]) == {"insufficient_history"}
    assert len(scored) == log["kunde"].nunique()


def test_a_log_that_starts_in_the_middle_of_lives_warns_until_it_is_answered(workspace, log):
    early = pd.date_range("2023-01-01", periods=400, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    old = pd.DataFrame({"kunde": [f"old-{n}" for n in range(400)], "datum": early, "betrag": 5})
    workspace.write_log(pd.concat([log, old]))
    assert "ingest.births_from" in workspace.run("ingest").stderr
    workspace.set(ingest__births_from="2023-02-01")
    assert "births_from" not in workspace.run("ingest").stderr
