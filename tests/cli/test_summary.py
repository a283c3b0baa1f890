import json

import pytest
from typer.testing import CliRunner

from pipeline.cli import app


@pytest.fixture
def results(workspace, monkeypatch):
    monkeypatch.chdir(workspace.path)
    grade = {"grade": {"letter": "A", "text": "Clearly better than the recency rule."}}
    for name, content in {
        "exports/manifest.json": {
            "rows": 1234,
            "as_of": "2024-01-01",
            "last_order_on": "2023-12-31",
            "horizon_days": 61,
            "run_id": "abc123",
        },
        "metrics/evaluation.json": {
            "window": {"from": "2023-11-01", "to": "2023-12-31"},
            "churn": grade,
            "value": grade,
        },
        "metrics/kpis.json": {"customers": 1246},
        "data/interim/log.json": {"demo_pepper": True},
        "metrics/drift.json": {"alarms": [{"kind": "score", "psi": 0.4, "text": "the scores moved"}]},
        "metrics/reality.json": {"alarms": []},
    }.items():
        file = workspace.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    return workspace


def test_the_summary_leads_to_the_results(results):
    done = CliRunner().invoke(app, ["summary"])
    assert done.exit_code == 0
    for expected in (
        "1,234 customers as of 2024-01-01",
        "days that are looked ahead to, 2024-01-01 to 2024-03-01, are over",
        "and 12 with every order returned, in the KPIs alone",
        str(results.path / "exports/customers.csv"),
        "reports/index.html",
        "state = abc123",
        "grade A",
        "2023-11-01 to 2023-12-31",
        "CHURN_PEPPER",
        "dvc repro -f ingest && make repro",
        "Alarm: the scores moved",
    ):
        assert expected in done.output
    assert done.output.count("days old") == 1
    assert done.output.count("  dvc exp") + done.output.count("  make ui") == 3


def test_a_replay_is_not_called_old(results):
    results.set(as_of="2024-01-01")
    done = CliRunner().invoke(app, ["summary"])
    assert "1,234 customers as of 2024-01-01, a replay" in done.output
    assert "are over" not in done.output


def test_without_results_it_says_what_to_run(workspace, monkeypatch):
    monkeypatch.chdir(workspace.path)
    done = CliRunner().invoke(app, ["summary"])
    assert done.exit_code == 2
    assert "make repro" in done.output
