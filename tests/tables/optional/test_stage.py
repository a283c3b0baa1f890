"""The ingest stage with optional tables: files, metrics, quarantine, and the Complete Journey profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dvc.utils.hydra import apply_overrides

from tests.conftest import ROOT, Workspace

CUSTOMERS = {"path": "data/raw/customers.csv", "columns": {"customer_id": "kunde", "account_type": "art"}}


def with_customers(workspace: Workspace, log: pd.DataFrame) -> pd.DataFrame:
    """Write the log and a customer list with one row that cannot be right."""
    workspace.write_log(log)
    ids = log["kunde"].drop_duplicates()
    art = pd.Series("b2c", ids.index)
    art.iloc[0] = "secret"
    listed = pd.DataFrame({"kunde": ids, "art": art})
    listed.to_csv(workspace.path / "data/raw/customers.csv", index=False)
    return listed


def metrics(workspace: Workspace) -> dict[str, Any]:
    text = (workspace.path / "metrics/ingest.json").read_text()
    return dict(json.loads(text)["tables"])


def test_a_table_arrives_with_its_counts_and_its_quarantine(workspace: Workspace, log: pd.DataFrame) -> None:
    listed = with_customers(workspace, log)
    workspace.set(sources__customers=CUSTOMERS)
    done = workspace.run("ingest")
    assert done.returncode == 0, done.stderr
    customers = pd.read_parquet(workspace.path / "data/interim/tables/customers.parquet")
    orders = pd.read_parquet(workspace.path / "data/interim/orders.parquet")
    assert len(customers) == len(listed) - 1
    assert set(customers["customer_key"]) < set(orders["customer_key"])
    quarantine = pd.read_parquet(workspace.path / "data/interim/quarantine.parquet")
    assert quarantine[["table", "line", "column", "rule"]].to_numpy().tolist() == [
        ["customers", 2, "art", "not_allowed"]
    ]
    said = metrics(workspace)
    assert (said["customers"]["status"], said["products"]["status"]) == ("on", "off")
    assert said["customers"]["rows_read"] == len(listed)
    assert "secret" not in json.dumps(said)

    first = workspace.files("data/interim", "metrics")
    assert workspace.run("ingest").returncode == 0
    assert workspace.files("data/interim", "metrics") == first


def test_a_table_that_is_taken_away_leaves_no_file(workspace: Workspace, log: pd.DataFrame) -> None:
    with_customers(workspace, log)
    workspace.set(sources__customers=CUSTOMERS)
    assert workspace.run("ingest").returncode == 0
    workspace.set(sources__customers=None)
    assert workspace.run("ingest").returncode == 0
    assert [file.name for file in (workspace.path / "data/interim/tables").iterdir()] == ["tables.json"]
    assert {table["status"] for table in metrics(workspace).values()} == {"off"}


def test_too_many_bad_rows_in_a_table_leave_everything_as_it_was(
    workspace: Workspace, log: pd.DataFrame
) -> None:
    with_customers(workspace, log)
    assert workspace.run("ingest").returncode == 0
    before = workspace.files("data/interim", "data/vault", "metrics")
    workspace.set(sources__customers=CUSTOMERS, ingest__max_quarantine_share=0.0)
    done = workspace.run("ingest")
    assert done.returncode == 2
    assert "sources.customers.path" in done.stderr
    assert "Traceback" not in done.stderr
    assert workspace.files("data/interim", "data/vault", "metrics") == before


def test_order_lines_alone_make_the_orders(workspace: Workspace) -> None:
    lines = (
        "bon;kunde;tag;artikel;betrag\n1;a;2023-01-01;x;1,50\n1;a;2023-01-01;y;2,50\n2;b;2023-02-01;x;5,00\n"
    )
    workspace.write_log(lines.encode())
    columns = {
        "order_id": "bon",
        "customer_id": "kunde",
        "ordered_at": "tag",
        "product_id": "artikel",
        "amount": "betrag",
    }
    workspace.set(sources={"order_lines": {"path": "data/raw/orders.csv", "columns": columns}})
    done = workspace.run("ingest")
    assert done.returncode == 0, done.stderr
    orders = pd.read_parquet(workspace.path / "data/interim/orders.parquet")
    assert sorted(float(amount) for amount in orders["amount"]) == [4.0, 5.0]
    kept = pd.read_parquet(workspace.path / "data/interim/tables/order_lines.parquet")
    assert sorted(kept["product_id"]) == ["x", "x", "y"]


def test_a_wrong_column_is_an_error_for_people(workspace: Workspace, log: pd.DataFrame) -> None:
    with_customers(workspace, log)
    workspace.set(sources__customers={**CUSTOMERS, "columns": {"customer_id": "kunde", "e_mail": "art"}})
    done = workspace.run("ingest")
    assert done.returncode == 2
    assert "sources.customers.columns.e_mail" in done.stderr
    assert "acquisition_channel" in done.stderr


@pytest.mark.slow
def test_complete_journey_arrives_with_its_other_tables(workspace: Workspace) -> None:
    profile = (ROOT / "docs/profiles/complete-journey.params").read_text().splitlines()
    (workspace.path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    apply_overrides(workspace.path / "params.yaml", [line for line in profile if not line.startswith("#")])
    done = workspace.run("ingest")
    assert done.returncode == 0, done.stderr
    said = metrics(workspace)
    expected = {
        "order_lines": 1_469_307,
        "customers": 801,
        "products": 92_331,
        "campaigns": 27,
        "campaign_members": 6_589,
        "coupon_redemptions": 2_102,
    }
    assert {name: said[name]["accepted"] for name in expected} == expected
    assert {name for name, table in said.items() if table["status"] == "on"} == set(expected)
    assert all(said[name]["quarantined"] == 0 for name in expected)
    orders = pd.read_parquet(workspace.path / "data/interim/orders.parquet")
    lines = pd.read_parquet(workspace.path / "data/interim/tables/order_lines.parquet")
    assert lines["amount"].sum() == orders["amount"].sum()
    assert lines["order_key"].nunique() <= len(orders)


def test_the_profile_can_be_applied_twice(tmp_path: Path) -> None:
    profile = (ROOT / "docs/profiles/complete-journey.params").read_text().splitlines()
    overrides = [line for line in profile if not line.startswith("#")]
    file = tmp_path / "params.yaml"
    file.write_text((ROOT / "params.yaml").read_text())
    apply_overrides(file, overrides)
    once = file.read_text()
    apply_overrides(file, overrides)
    assert file.read_text() == once
