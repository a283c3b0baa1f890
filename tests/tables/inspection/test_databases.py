"""`churn inspect` of a database, or of what params.yaml names: the section it proposes runs there."""

from __future__ import annotations

import sqlite3
from contextlib import chdir
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.params import parse_params, parse_source
from pipeline.stages.ingest import read_orders
from pipeline.tables.ingest import Ingested
from pipeline.tables.inspection.proposal import Inspection, inspect_source
from tests.conftest import ROOT
from tests.tables.conftest import finding, orders_of, proposed

DDL = "CREATE TABLE log (kunde varchar(9), datum date, total_cents integer, storniert_am date)"
ROWS = """
    INSERT INTO log VALUES
        ('Jürgen', '2021-03-04', 1234, NULL),
        ('Jürgen', '2021-03-05', 700, '2021-03-06'),
        ('Anna', '2021-03-05', 1000, NULL),
        ('Anna', '2021-04-05', 50, NULL)"""
ORDERS = [
    ("Anna", "2021-03-05 00:00:00", "10.0000"),
    ("Anna", "2021-04-05 00:00:00", "0.5000"),
    ("Jürgen", "2021-03-04 00:00:00", "12.3400"),
]


@pytest.fixture(params=["postgresql", "sqlite", "duckdb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a log in cents, of which one order was cancelled; its URL."""
    if request.param == "sqlite":
        con = sqlite3.connect(tmp_path / "shop.db")
        con.executescript(f"{DDL}; {ROWS}")
        con.close()
        return "sqlite:///shop.db"
    if request.param == "duckdb":
        with duckdb.connect(tmp_path / "shop.duckdb") as duck:
            duck.execute(f"{DDL}; {ROWS}")
        return "duckdb:///shop.duckdb"
    server = request.getfixturevalue("postgres")
    server.execute("DROP TABLE IF EXISTS log", DDL, ROWS)
    monkeypatch.setenv("SHOP_PASSWORD", server.password)
    return str(server.url)


def looked_at(folder: Path, **place: Any) -> Inspection:
    return inspect_source(parse_source(place), folder)


def pasted(found: Inspection, folder: Path) -> Ingested:
    tree = yaml.safe_load((ROOT / "params.yaml").read_text()) | yaml.safe_load(found.snippet)
    with chdir(folder):
        return read_orders(parse_params(tree))


def test_the_proposed_query_runs_where_the_table_is(tmp_path: Path, shop: str) -> None:
    found = looked_at(tmp_path, url=shop, table="log")
    assert found.questions == ()
    assert finding(found, "file").startswith(f"{shop.partition(':')[0]} table log: 4 rows")
    assert {"cents", "cancelled"} <= set(dict(found.findings))
    assert proposed(found)["url"] == shop
    assert orders_of(pasted(found, tmp_path)) == ORDERS


def test_a_total_on_every_line_is_read_once_an_order(tmp_path: Path, shop: str) -> None:
    lines = " UNION ALL ".join(
        f"SELECT {n} AS order_no, 'K{n % 7}' AS kunde, '2021-03-{1 + n // 2:02}' AS datum, "
        f"{500 + 7 * n} AS order_total_cents, {line} AS line"
        for n in range(40)
        for line in range(2)
    )
    found = looked_at(tmp_path, url=shop, query=lines)
    assert "the proposed query reads it once an order" in found.questions[0]
    done = pasted(found, tmp_path)
    assert round(100 * done.orders["amount"].sum()) == sum(500 + 7 * n for n in range(40))


def test_where_nothing_is_to_change_the_place_stays_as_it_is(tmp_path: Path, shop: str) -> None:
    query = "SELECT kunde, datum, total_cents / 100.0 AS betrag FROM log"
    since = {"column": "datum", "value": "2021-03-05"}
    found = looked_at(tmp_path, url=shop, query=query, since=since)
    section = proposed(found)
    assert {key: section[key] for key in ("url", "query", "since")} == {
        "url": shop,
        "query": query,
        "since": since,
    }
    assert len(orders_of(pasted(found, tmp_path))) == 3


def test_a_proposed_query_keeps_to_the_watermark(tmp_path: Path, shop: str) -> None:
    found = looked_at(tmp_path, url=shop, table="log", since={"column": "datum", "value": "2021-03-05"})
    assert "since" not in proposed(found)
    assert orders_of(pasted(found, tmp_path)) == ORDERS[:2]


def test_without_a_place_it_looks_at_what_params_yaml_names(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("kunde;datum;betrag\n7;03.04.2021;5,50\n8;04.05.2021;6,50\n")
    tree = yaml.safe_load((ROOT / "params.yaml").read_text())
    named = {"customer_id": "?", "ordered_at": "?", "amount": "?"}
    tree["sources"]["orders"] = {"path": "log.csv", "date_format": "%m.%d.%Y", "columns": named}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(tree))
    with chdir(tmp_path):
        done = CliRunner().invoke(app, ["inspect"])
    assert done.exit_code == 0, done.output
    assert 'date_format: "%m.%d.%Y"' in done.output
    assert "log.csv: 2 rows" in done.output


def test_a_query_takes_the_place_of_the_table_that_params_yaml_names(tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "shop.db")
    con.executescript(f"{DDL}; {ROWS}")
    con.close()
    tree = yaml.safe_load((ROOT / "params.yaml").read_text())
    named = {"customer_id": "?", "ordered_at": "?", "amount": "?"}
    since = {"column": "nowhere", "value": 1}
    tree["sources"]["orders"] = {"url": "sqlite:///shop.db", "table": "old", "since": since, "columns": named}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(tree))
    with chdir(tmp_path):
        done = CliRunner().invoke(app, ["inspect", "--query", "SELECT * FROM log"])
    assert done.exit_code == 0, done.output


def test_a_database_is_looked_at_by_its_url(tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "shop.db")
    con.executescript(f"{DDL}; {ROWS}")
    con.close()
    with chdir(tmp_path):
        done = CliRunner().invoke(app, ["inspect", "sqlite:///shop.db", "--table", "log"])
        neither = CliRunner().invoke(app, ["inspect", "sqlite:///shop.db"])
        secret = CliRunner().invoke(app, ["inspect", "postgresql://me:hush@host/shop", "--table", "log"])
    assert (done.exit_code, "url: " in done.output) == (0, True), done.output
    assert (neither.exit_code, "url needs table or query" in neither.output) == (2, True)
    assert (secret.exit_code, "hush" in secret.output, "write $NAME" in secret.output) == (2, False, True)


def test_what_does_not_run_there_leaves_the_rest_of_the_query(tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "shop.db")
    con.execute("CREATE TABLE log (customer, order_date, amount, quantity INT, cancelled_at)")
    rows = [
        (f"k{n % 5}", f"2024-01-{n + 1:02}", f"{n}.50", -1 if n == 7 else 1, "2024-03-01" if n == 3 else None)
        for n in range(20)
    ]
    con.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
    con.commit()
    con.close()
    found = looked_at(tmp_path, url="sqlite:///shop.db", table="log")
    [asked] = found.questions
    assert '"quantity" below zero' in asked
    assert "does not run on this very log" in asked  # SQLite has no starts_with
    assert len(orders_of(pasted(found, tmp_path))) == 19
