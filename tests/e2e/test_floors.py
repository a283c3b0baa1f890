"""Data that are valid but too few: every stage runs, nothing is predicted, and everybody is told why."""

import json
import re

import pandas as pd
import pytest
import skops.io

from tests.conftest import STAGES, Workspace, make_workspace, shop_log

BEFORE_TRACK = [stage for stage in STAGES if stage != "track"]
FROM_CHURN_MODEL = ["churn_probability"]
FROM_VALUE_MODEL = ["p_alive", "expected_orders", "expected_order_value", "expected_spend", "clv"]
HEADER = "kunde,datum,betrag\n"


def rows(*lines: str) -> bytes:
    return (HEADER + "".join(line + "\n" for line in lines)).encode()


def day_of(number: int) -> str:
    return f"2023-{1 + number // 28:02d}-{1 + number % 28:02d}"


THIN = {
    "one customer": rows(*(f"a,{day_of(n)},10" for n in range(300))),
    "one order": rows("a,2023-05-05,10"),
    "all orders on one day": rows(*(f"c{n},2023-05-05,10" for n in range(600))),
    "all customers with one order": rows(*(f"c{n},{day_of(n % 330)},10" for n in range(700))),
    "every amount zero": rows(*(f"c{n % 550},{day_of(n % 331)},0" for n in range(3000))),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Workspace:
    """Sixty customers in half a year, through every stage, MLflow included."""
    workspace = make_workspace(tmp_path_factory.mktemp("tiny") / "shop")
    workspace.write_log(shop_log(customers=60, days=170))
    workspace.run_here(*BEFORE_TRACK)
    done = workspace.run("track")  # MLflow's settings stay in a process of their own
    assert done.returncode == 0, done.stderr
    return workspace


def test_nobody_is_scored_and_the_rfm_groups_stand(tiny):
    segments = pd.read_parquet(tiny.path / "data/scored/segments.parquet")
    assert len(segments) == 60
    assert set(segments["score_status"]) == {"insufficient_history"}
    assert segments[FROM_CHURN_MODEL + FROM_VALUE_MODEL].isna().all(axis=None)
    assert set(segments["segment"]) == {"not_scored"}
    assert set(segments["next_action"]) == {"no_recommendation"}
    assert segments["rfm_group"].nunique() > 3
    assert segments[["rfm_group", "orders", "spend_total", "days_since_last"]].notna().all(axis=None)


def test_the_export_has_all_its_columns_and_customers(tiny):
    exported = pd.read_csv(tiny.path / "exports/customers.csv", dtype={"customer_id": "str"})
    manifest = tiny.json("exports/manifest.json")
    assert exported.columns.tolist() == [column["name"] for column in manifest["columns"]]
    assert len(exported) == manifest["rows"] == 60
    assert set(exported["score_status"]) == {"insufficient_history"}
    assert exported[["churn_probability", "clv"]].isna().all(axis=None)


def test_there_is_no_model_and_the_card_says_why(tiny):
    for name in ("churn", "churn_holdout"):
        assert skops.io.load(tiny.path / f"models/{name}.skops") is None
    for name in ("churn", "lifetime_value"):
        card = tiny.json(f"models/{name}.json")
        assert card["status"] == "insufficient_history"
        assert "are needed" in card["reason"] or "need" in card["reason"]
    assert tiny.json("models/lifetime_value.json")["fits"] == []


def test_the_metrics_have_no_grade_and_a_reason(tiny):
    for name in ("churn", "value"):
        metrics = tiny.json(f"metrics/{name}.json")
        assert metrics["grade"] is None
        assert metrics["status"] == "insufficient_history"
        assert metrics["reason"]
    assert tiny.json("metrics/kpis.json")["customers"] == 60
    assert tiny.json("metrics/preflight.json")["switched_off"] == ["churn", "clv"]


@pytest.mark.parametrize(
    ("language", "words", "untrue"),
    [
        ("en", "of the 500 customers needed, 60 have bought", ("For the test", "Value at risk")),
        ("de", "von 500 nötigen Personen mit Bestellung gibt es 60", ("Für die Prüfung", "Wert in Gefahr")),
    ],
)
def test_the_page_says_in_both_languages_what_is_needed(tiny, language, words, untrue):
    tiny.set(report__language=language)
    tiny.run_here("report")
    page = (tiny.path / "reports/index.html").read_text()
    assert words in page
    assert not [words for words in untrue if words in page]
    assert '<ol class="segments">' not in page
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)


def test_the_summary_says_it_too(tiny, monkeypatch):
    from typer.testing import CliRunner

    from pipeline.cli import app

    monkeypatch.chdir(tiny.path)
    done = CliRunner().invoke(app, ["summary"])
    assert done.exit_code == 0
    assert "60 customers have bought, 500 are needed" in " ".join(done.output.split())
    assert "grade none" in done.output


def test_mlflow_has_the_run_and_no_model(tiny):
    import sqlite3

    with sqlite3.connect(tiny.path / "mlflow.db") as database:
        assert database.execute("SELECT status FROM runs").fetchall() == [("FINISHED",)]
        assert database.execute("SELECT count(*) FROM model_versions").fetchone() == (0,)


@pytest.mark.parametrize("content", THIN.values(), ids=THIN.keys())
def test_thin_data_run_through_every_stage(workspace, content, capsys):
    workspace.write_log(content)
    workspace.run_here(*BEFORE_TRACK)
    warnings = [line for line in capsys.readouterr().err.splitlines() if "no lifetime value" in line]
    assert len(warnings) <= 1
    customers = pd.read_parquet(workspace.path / "data/scored/customers.parquet")
    assert set(customers["score_status"]) == {"insufficient_history"}
    assert customers["clv"].isna().all()


def test_a_shop_whose_every_sale_came_back_has_nobody_to_score(workspace, capsys):
    """A ledger that books every sale twice: enough customers, of whom nobody has come back or left."""
    sold = shop_log(customers=700, days=400)
    booked_back = sold.assign(
        betrag=-sold["betrag"],
        datum=(pd.to_datetime(sold["datum"]) + pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d %H:%M:%S"),
    )
    workspace.write_log(pd.concat([sold, booked_back]))
    workspace.run_here(*BEFORE_TRACK)
    assert "700 of 700 customers have given everything back" in capsys.readouterr().err
    assert pd.read_csv(workspace.path / "exports/customers.csv").empty
    card = workspace.json("models/churn.json")
    assert card["status"] == "insufficient_history"
    assert card["reason"].startswith("0 customers have churned in a past horizon, 100 are needed")
    assert workspace.json("metrics/preflight.json")["switched_off"] == ["churn", "clv"]


def test_churn_without_clv(workspace):
    """Few customers, of whom enough leave and enough stay."""
    workspace.write_log(shop_log(customers=480, seed=4))
    workspace.run_here(*BEFORE_TRACK)
    segments = pd.read_parquet(workspace.path / "data/scored/segments.parquet")
    assert set(segments["score_status"]) == {"insufficient_history"}
    assert segments["churn_probability"].between(0, 1).all()
    assert segments[FROM_VALUE_MODEL].isna().all(axis=None)
    assert "unknown" not in set(segments["churn_risk"])
    assert set(segments["value_tier"]) == {"unknown"}
    assert workspace.json("metrics/churn.json")["grade"] in "ABCD"
    assert workspace.json("metrics/value.json")["grade"] is None
    lifetime = workspace.json("models/lifetime_value.json")
    assert lifetime["status"] == "insufficient_history"
    assert lifetime["fits"] == []
    assert workspace.json("metrics/intervals.json")["status"] == "insufficient_history"
    for plot in ("spend_fit", "pit", "interval_coverage"):
        assert pd.read_csv(workspace.path / f"plots/{plot}.csv").empty


def test_churn_without_clv_learns_from_the_lifetime_model(workspace):
    workspace.write_log(shop_log(customers=480, seed=4))
    workspace.run_here(*BEFORE_TRACK[: BEFORE_TRACK.index("churn") + 1])
    told = pd.read_parquet(workspace.path / "data/snapshots/lifetime_value.parquet")
    told = told.drop(columns=["customer_key", "cutoff"])
    assert told["p_no_order"].between(0, 1).all()
    assert told.drop(columns="p_no_order").isna().all(axis=None)
    assert "btyd" in workspace.json("models/churn.json")["churn"]["weights"]


def test_clv_without_churn(workspace):
    """Many customers, and a horizon the log is too short for."""
    workspace.write_log(shop_log(customers=600, days=240))
    workspace.set(churn__horizon_days=80)
    workspace.run_here(*BEFORE_TRACK)
    segments = pd.read_parquet(workspace.path / "data/scored/segments.parquet")
    assert set(segments["score_status"]) == {"insufficient_history"}
    assert segments["churn_probability"].isna().all()
    assert segments[FROM_VALUE_MODEL].notna().all(axis=None)
    assert set(segments["churn_risk"]) == {"unknown"}
    assert {"high", "medium", "low"} == set(segments["value_tier"])
    assert workspace.json("metrics/value.json")["status"] == "not_tested"


def test_a_shop_above_the_floors_is_scored(workspace, log):
    workspace.write_log(log)
    workspace.run_here("ingest", "preflight")
    assert workspace.json("metrics/preflight.json")["switched_off"] == []


@pytest.mark.parametrize("content", [*THIN.values()][:3], ids=[*THIN][:3])
def test_the_preflight_of_thin_data_is_no_error(workspace, content, monkeypatch):
    from typer.testing import CliRunner

    from pipeline.cli import app

    workspace.write_log(content)
    monkeypatch.chdir(workspace.path)
    done = CliRunner().invoke(app, ["preflight"])
    assert done.exit_code == 0, done.output
    assert "Switched off" in done.output
    assert sorted(path.name for path in workspace.path.iterdir()) == ["data", "params.yaml"]
    as_json = CliRunner().invoke(app, ["preflight", "--json"])
    assert json.loads(as_json.output)["switched_off"] == ["churn", "clv"]


def test_the_preflight_of_unreadable_data_is_an_error(workspace, monkeypatch):
    from typer.testing import CliRunner

    from pipeline.cli import app

    workspace.write_log(b"kunde,tag,betrag\na,2023-01-01,10\n")
    monkeypatch.chdir(workspace.path)
    assert CliRunner().invoke(app, ["preflight"]).exit_code == 2
