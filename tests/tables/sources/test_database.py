"""Orders from databases: the same rows, the same types, nothing written, no password shown."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unicodedata import normalize

import duckdb
import pandas as pd
import pytest

from pipeline.errors import UserError
from pipeline.tables.ingest import Ingested
from pipeline.tables.sources.addresses import expand
from tests.tables.conftest import Ingest

DDL = """
    CREATE TABLE log (customer {text}, date timestamp, amount {money}, order_no integer, updated_at date)"""
ROWS = """
    INSERT INTO log VALUES
        ('Jürgen', '2021-03-04 10:20:30', 1.234, 1, '2021-03-05'),
        ('Anna', '2021-03-05', 1000, 2, '2021-03-06'),
        ('Anna', '2021-03-05', 0.5, 2, '2021-03-08'),
        ('Ben', NULL, 5, 3, '2021-03-08'),
        (NULL, '2021-03-06', 5, 4, '2021-03-08')"""
ORDERS = [("Anna", "2021-03-05 00:00:00", "1000.5000"), ("Jürgen", "2021-03-04 10:20:30", "1.2340")]


@pytest.fixture(params=["postgresql", "sqlite", "duckdb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with an order log; its URL."""
    if request.param == "sqlite":
        con = sqlite3.connect(tmp_path / "my shop.db")
        con.executescript(DDL.format(text="text", money="real") + ";" + ROWS)
        con.close()
        return "sqlite:///my%20shop.db"
    if request.param == "duckdb":
        with duckdb.connect(tmp_path / "shop.duckdb") as duck:
            duck.execute(DDL.format(text="text", money="decimal(9, 3)") + ";" + ROWS)
        return "duckdb:///shop.duckdb"
    server = request.getfixturevalue("postgres")
    server.execute("DROP TABLE IF EXISTS log", DDL.format(text="varchar(9)", money="numeric(9, 3)"), ROWS)
    monkeypatch.setenv("SHOP_PASSWORD", server.password)
    return str(server.url)


def orders_of(ingested: Ingested) -> list[tuple[str, str, str]]:
    named = ingested.orders.merge(ingested.identities, on="customer_key")
    return sorted(
        zip(named["customer_id"], named["ordered_at"].map(str), named["amount"].astype(str), strict=True)
    )


def test_a_table_is_read_with_its_types_and_row_numbers(ingest: Ingest, shop: str) -> None:
    ingested = ingest(path=None, url=shop, table="log", order_id="order_no")
    assert orders_of(ingested) == ORDERS
    kind = shop.partition(":")[0]
    assert ingested.quarantine[["source", "line", "column", "rule"]].to_numpy().tolist() == [
        [f"{kind} table log", 4, "date", "unreadable_date"],
        [f"{kind} table log", 5, "customer", "missing_customer_id"],
    ]
    assert ingested.counts["rows_read"] == 5
    assert ingested.counts["read_as"]["encoding"] == kind


def test_a_query_is_read_and_may_rename_and_order(ingest: Ingest, shop: str) -> None:
    query = "SELECT customer AS who, date, amount FROM log WHERE order_no < 4 ORDER BY order_no DESC;\n"
    ingested = ingest(path=None, url=shop, query=query, customer_id="who")
    assert len(ingested.orders) == 3
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [[1, "unreadable_date"]]


def test_since_reads_rows_at_or_after_the_watermark(ingest: Ingest, shop: str) -> None:
    since = SimpleNamespace(column="updated_at", value="2021-03-06")
    ingested = ingest(path=None, url=shop, table="log", since=since)
    assert ingested.counts["rows_read"] == 4
    assert orders_of(ingested) == [
        ("Anna", "2021-03-05 00:00:00", "0.5000"),
        ("Anna", "2021-03-05 00:00:00", "1000.0000"),
    ]


def test_since_may_be_a_number_and_before_all_rows_reads_all(ingest: Ingest, shop: str) -> None:
    for value, rows in ((2, 4), (0, 5)):
        since = SimpleNamespace(column="order_no", value=value)
        assert ingest(path=None, url=shop, table="log", since=since).counts["rows_read"] == rows


def test_the_column_of_the_watermark_is_found_however_its_letters_are_written(
    ingest: Ingest, shop: str
) -> None:
    apart = normalize("NFD", "geändert")
    query = f'SELECT customer, date, amount, updated_at AS "{apart}" FROM log'
    since = SimpleNamespace(column="geändert", value="2021-03-06")
    assert ingest(path=None, url=shop, query=query, since=since).counts["rows_read"] == 4


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"table": "logg"}, ["sources.orders: the database says", "logg"]),
        ({"query": "SELEKT 1"}, ["the database says"]),
        ({"query": "SELECT 1; SELECT 2"}, ["the database says"]),
        ({"query": "DELETE FROM log RETURNING *"}, ["the database says"]),
        (
            {"table": "log", "amount": "amonut"},
            ["sources.orders.columns", "no column 'amonut'", "valid: amount"],
        ),
        (
            {"table": "log", "since": SimpleNamespace(column="update_at", value=1)},
            ["sources.orders.since.column:", "valid: updated_at"],
        ),
        (
            {"table": "log", "since": SimpleNamespace(column="updated_at", value="2030-01-01")},
            ["has no rows at or after since, updated_at 2030-01-01"],
        ),
    ],
)
def test_what_a_database_cannot_read_is_said(
    ingest: Ingest, shop: str, source: dict[str, Any], says: list[str]
) -> None:
    with pytest.raises(UserError) as raised:
        ingest(path=None, url=shop, **source)
    assert all(words in str(raised.value) for words in says), raised.value
    assert "pass word" not in str(raised.value)
    assert ingest(path=None, url=shop, table="log").counts["rows_read"] == 5, "a row was deleted"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("max@muster.de", "integer"),
        ("2021-02-30 max", "timestamp"),
        ("O'Brien max", "integer"),
        ('{"mail": "max}', "json"),
    ],
)
def test_a_value_that_cannot_be_cast_is_not_printed(ingest: Ingest, shop: str, value: str, kind: str) -> None:
    if shop.startswith("sqlite"):
        pytest.skip("SQLite casts anything")
    written = "'" + value.replace("'", "''") + "'"
    query = f"""
        SELECT CAST(CASE WHEN i < 9 THEN '1' ELSE {written} END AS {kind}) AS customer, 1 AS amount,
               DATE '2021-03-04' AS date FROM generate_series(1, 9) AS s(i)"""
    with pytest.raises(UserError, match=r"(?i)the database says: .*(convert|invalid|malformed)") as raised:
        ingest(path=None, url=shop, query=query)
    assert "max" not in str(raised.value)
    assert "Brien" not in str(raised.value)


def test_a_number_that_is_out_of_range_is_not_printed(ingest: Ingest, shop: str) -> None:
    """A telephone number is read as a customer number."""
    if shop.startswith("sqlite"):
        pytest.skip("SQLite casts anything")
    query = """
        SELECT CAST(4915112345670 + i AS integer) AS customer, 1 AS amount, DATE '2021-03-04' AS date
        FROM generate_series(1, 9) AS s(i)"""
    with pytest.raises(UserError, match=r"(?i)the database says: .*(out of range|cast)") as raised:
        ingest(path=None, url=shop, query=query)
    assert "491511" not in str(raised.value)


def test_a_broken_row_of_a_file_is_named_by_its_line_alone(ingest: Ingest) -> None:
    rows = b"customer,date,amount\n" + b"1,2021-03-04,5\n" * 30_000 + b"max@muster.de,2021-03-04,5,6,7\n"
    with pytest.raises(UserError, match="CSV Error on Line: 30002") as raised:
        ingest({"data/raw/a.csv": rows}, path=None, url="duckdb://", query="SELECT * FROM 'data/raw/a.csv'")
    assert "max" not in str(raised.value)


def test_a_long_table_streams_in_batches_with_every_line_in_its_place(
    ingest: Ingest, shop: str, tmp_path: Path
) -> None:
    series = "SELECT i FROM generate_series(1, 80000) AS s(i)"
    if shop.startswith("sqlite"):
        series = (
            "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 80000) SELECT i FROM s"
        )
    day = "CASE WHEN i % 20000 = 0 THEN NULL ELSE '2021-03-04' END"
    rows = f"SELECT i AS customer, {day} AS date, i AS amount FROM ({series}) AS n"
    ingested = ingest(path=None, url=shop, query=rows)
    assert ingested.quarantine["line"].tolist() == [20_000, 40_000, 60_000, 80_000]
    assert ingested.counts["customers"] == 79_996


def test_sqlite_values_of_many_types_in_one_column(ingest: Ingest, tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "shop.db")
    con.execute("CREATE TABLE log (customer, date, amount)")
    con.executemany(
        "INSERT INTO log VALUES (?, ?, ?)",
        [
            *((n, 1_614_853_230, n) for n in range(2_000)),
            ("x", 1_614_853_230, 1.5),
            ("y", 1_614_853_230, "2,5"),
        ],
    )
    con.commit()
    con.close()
    ingested = ingest(path=None, url="sqlite:///shop.db", table="log")
    assert ingested.counts["orders"] == 2_001
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [[2002, "unreadable_amount"]]
    assert ingested.counts["read_as"]["date_format"] == "seconds since 1970"


def test_postgresql_types(ingest: Ingest, postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", postgres.password)
    rows = """
        SELECT gen_random_uuid() AS customer, '2021-03-04 12:00:00+02'::timestamptz AS date,
               '1.5'::money AS amount
        UNION ALL SELECT gen_random_uuid(), 'infinity', '2'"""
    ingested = ingest(path=None, url=postgres.url, query=rows)
    assert [row[1:] for row in orders_of(ingested)] == [("2021-03-04 10:00:00", "1.5000")]
    assert ingested.quarantine["rule"].tolist() == ["unreadable_date"]
    rows = """
        SELECT 'a'::char(9) AS customer, date '2021-03-04' AS date, 'NaN'::numeric AS amount
        UNION ALL SELECT 'a', '2021-03-05', 1.300"""
    ingested = ingest(path=None, url=postgres.url, query=rows)
    assert orders_of(ingested) == [("a", "2021-03-05 00:00:00", "1.3000")]
    assert ingested.quarantine["rule"].tolist() == ["not_finite_amount"]


@pytest.mark.parametrize(
    ("password", "says"),
    [("wrong secret", "password authentication failed"), (None, "SHOP_PASSWORD is not set")],
)
def test_a_wrong_password_is_not_printed(
    ingest: Ingest, postgres: Any, monkeypatch: pytest.MonkeyPatch, password: str | None, says: str
) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    if password:
        monkeypatch.setenv("SHOP_PASSWORD", password)
    with pytest.raises(UserError, match=says) as raised:
        ingest(path=None, url=postgres.url, table="log")
    assert "secret" not in str(raised.value)


def test_a_whole_url_may_come_from_the_environment(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "postgresql://shop:hush@127.0.0.1:1/shop?application_name=hush")
    with pytest.raises(UserError, match="Connection refused") as raised:
        ingest(path=None, url="$SHOP_URL", table="log")
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["mysql://shop/shop", "sqlite:///none.db", "sqlite://none.db", "duckdb:none", "shop"]
)
def test_a_url_that_means_nothing_says_what_would(ingest: Ingest, url: str) -> None:
    with pytest.raises(UserError, match=r"sources\.orders\.url") as raised:
        ingest(path=None, url=url, table="log")
    assert "valid: postgresql://user:$PASSWORD@host/database" in str(raised.value)


def test_files_that_belong_together_are_joined_by_a_query(ingest: Ingest) -> None:
    """Who and when stands in one file, what was paid in another, and the person in a third."""
    files = {
        "data/raw/heads.csv": "order_no;account;date\n1;a1;2021-03-04\n2;a2;2021-03-05\n3;a3;2021-03-06\n",
        "data/raw/lines.csv": "order_no;paid\n1;1.234\n2;1000\n2;0.5\n3;5\n",
        "data/raw/people.csv": "account;person\na1;Jürgen\na2;Anna\n",
    }
    query = """
        SELECT * FROM 'data/raw/heads.csv' JOIN 'data/raw/lines.csv' USING (order_no)
        LEFT JOIN 'data/raw/people.csv' USING (account) ORDER BY order_no, paid"""
    ingested = ingest(
        {path: text.encode() for path, text in files.items()},
        path=None,
        url="duckdb://",
        query=query,
        customer_id="person",
        amount="paid",
        order_id="order_no",
    )
    assert orders_of(ingested) == [
        ("Anna", "2021-03-05 00:00:00", "1000.5000"),
        ("Jürgen", "2021-03-04 00:00:00", "1.2340"),
    ]
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [[4, "missing_customer_id"]]


@pytest.mark.parametrize(
    "query", ["SELECT * FROM 'data/raw/none.csv'", "COPY (SELECT 1) TO 'data/raw/new.csv'", "SELECT 1 AS one"]
)
def test_a_query_over_files_that_cannot_be_read_is_said(ingest: Ingest, tmp_path: Path, query: str) -> None:
    with pytest.raises(UserError, match=r"sources\.orders"):
        ingest(path=None, url="duckdb://", query=query)
    assert not list(tmp_path.rglob("new.csv"))


def test_a_file_that_is_no_database(ingest: Ingest) -> None:
    for scheme in ("sqlite", "duckdb"):
        with pytest.raises(UserError, match="the database says") as raised:
            ingest(
                {"data/raw/shop.db": b"customer;date\n" * 99},
                path=None,
                url=f"{scheme}:///data/raw/shop.db",
                table="log",
            )
        assert "Traceback" not in str(raised.value)


def test_only_credentials_are_encoded() -> None:
    environ = {"USER": "a b", "PW": "p@:/", "HOST": "db:5432"}
    address = expand("postgresql://$USER:$PW@$HOST/shop", environ, "url")
    assert address.url == "postgresql://a%20b:p%40%3A%2F@db:5432/shop"
    assert "p@:/" not in address.hide("no p@:/ and no p%40%3A%2F")


def test_a_secret_in_a_query_is_hidden_too() -> None:
    environ = {"SHOP_URL": "postgresql://shop@db/shop?password=p%40%3A%2F&sslmode=require"}
    address = expand("$SHOP_URL", environ, "url")
    said = address.hide("could not connect: user=shop password=p@:/ sslmode=require")
    assert said == "could not connect: user=shop password=*** sslmode=require"


def test_the_stage_reads_a_database_and_prints_no_secret(workspace: Any, log: pd.DataFrame) -> None:
    with sqlite3.connect(workspace.path / "data/raw/shop.db") as con:
        log.to_sql("orders", con, index=False)
    con.close()
    url = "sqlite:///data/raw/shop.db"
    workspace.set(sources__orders__path=None, sources__orders__url=url, sources__orders__table="orders")
    done = workspace.run("ingest")
    assert done.returncode == 0, done.stderr
    assert f"{len(log):,} rows read, 0 quarantined" in done.stdout
    workspace.set(sources__orders__url="postgresql://shop:$SHOP_PASSWORD@127.0.0.1:1/shop")
    done = workspace.run("ingest", SHOP_PASSWORD="hush-hush")
    assert done.returncode == 2
    assert "Connection refused" in done.stderr
    assert "hush" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) < 10


def test_a_file_in_another_encoding_is_told(ingest: Ingest) -> None:
    rows = "customer,date,amount\nMüller,2021-03-04,5\n".encode("cp1252")
    with pytest.raises(UserError, match="valid: a file in UTF-8; read_csv") as raised:
        ingest({"data/raw/a.csv": rows}, path=None, url="duckdb://", query="SELECT * FROM 'data/raw/a.csv'")
    assert "ller" not in str(raised.value)
