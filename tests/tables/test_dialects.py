"""However a shop writes its orders, the same orders arrive, and `churn inspect` finds out how."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipeline.params import parse_params
from pipeline.tables.ingest import Ingested, ingest_orders
from pipeline.tables.io import write_parquet
from tests.conftest import ROOT
from tests.tables.conftest import Ingest, inspect_file
from tests.tables.dialects import Dialect, arrow_table, dialects, plain, sqlite_file
from tests.tables.optional_tables import PEPPER

NOW = datetime(2024, 1, 1, 12)
DIALECTS = dialects()


@cache
def bytes_of_plain(folder: Path) -> bytes:
    (folder / "plain.csv").write_text(plain())
    return parquet_bytes(pasted(inspect_file("plain.csv", folder).snippet, folder), folder)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The Parquet file of the plain dialect's orders."""
    return bytes_of_plain(tmp_path_factory.mktemp("plain"))


def parquet_bytes(ingested: Ingested, folder: Path) -> bytes:
    assert len(ingested.orders) == 5_000
    assert ingested.quarantine.empty
    write_parquet(ingested.orders, folder / "bytes.parquet")
    return (folder / "bytes.parquet").read_bytes()


def pasted(snippet: str, folder: Path) -> Ingested:
    """Put a snippet into params.yaml and ingest what it means."""
    tree = yaml.safe_load((ROOT / "params.yaml").read_text()) | yaml.safe_load(snippet)
    spec = parse_params(tree).sources.orders
    return ingest_orders(spec, folder, "latest", NOW, 0.0, PEPPER)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_gives_the_same_orders(
    ingest: Ingest, tmp_path: Path, expected: bytes, dialect: Dialect
) -> None:
    path = f"data/raw/{dialect.file}"
    ingested = ingest({path: dialect.content}, path=path, **dialect.columns)
    assert parquet_bytes(ingested, tmp_path) == expected


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_what_inspect_prints_reads_every_dialect(tmp_path: Path, expected: bytes, dialect: Dialect) -> None:
    (tmp_path / dialect.file).write_bytes(dialect.content)
    found = inspect_file(dialect.file, tmp_path)
    assert found.questions == ()
    assert yaml.safe_load(found.snippet)["sources"]["orders"]["columns"] == dialect.columns
    assert parquet_bytes(pasted(found.snippet, tmp_path), tmp_path) == expected


def test_databases_give_the_same_orders(
    ingest: Ingest, tmp_path: Path, expected: bytes, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", postgres.password)
    postgres.load("orders_in_cents", arrow_table())
    in_euros = "SELECT customer, date, cents / 100.0 AS amount FROM orders_in_cents"
    from_postgres = ingest(path=None, url=postgres.url, query=in_euros)
    assert parquet_bytes(from_postgres, tmp_path) == expected

    sqlite_file(tmp_path / "shop.sqlite")
    from_sqlite = ingest(path=None, url="sqlite:///shop.sqlite", table="orders")
    assert parquet_bytes(from_sqlite, tmp_path) == expected

    with duckdb.connect(tmp_path / "shop.duckdb") as con:
        con.register("loaded", arrow_table())
        con.execute(
            "CREATE TABLE orders AS SELECT customer, date, (cents / 100)::DECIMAL(9, 2) AS amount FROM loaded"
        )
    from_duckdb = ingest(path=None, url="duckdb:///shop.duckdb", table="orders")
    assert parquet_bytes(from_duckdb, tmp_path) == expected
