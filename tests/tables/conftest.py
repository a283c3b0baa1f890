from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from adbc_driver_postgresql import dbapi

from pipeline.params import parse_source
from pipeline.tables.ingest import DEFAULT, Ingested, ingest_orders
from pipeline.tables.inspection.proposal import Inspection, inspect_source
from pipeline.tables.io import write_parquet
from pipeline.tables.optional import tables as optional
from pipeline.tables.optional.tables import TableRead
from pipeline.tables.orders.policies import Policies
from pipeline.tables.sources.connections import connect
from tests.tables.optional_tables import BUYERS, PEPPER, Read

NOW = datetime(2024, 1, 1, 12)

Ingest = Callable[..., Ingested]
HEADER = "customer,date,amount\n"
NOBODY_LEFT_OUT = dict.fromkeys(
    ("empty_rows", "missing_customer_id", "cancelled", "test_accounts", "duplicates"), 0
)
PLAIN = HEADER + "anna,2021-03-04,12.50\nben,2021-03-05,7\n"
LOG = "data/raw/orders.csv"
AUTO = dict.fromkeys(["delimiter", "encoding", "decimal", "date_format"], "auto")
NOWHERE = dict.fromkeys(["url", "table", "query", "since", "sheet"])


def log_of(*rows: str, extra: str = "") -> str:
    """Put the header above some rows; `extra` are further columns of it, such as ",no"."""
    return "\n".join([HEADER.strip() + extra, *rows]) + "\n"


def amounts(done: Ingested) -> list[float]:
    """What the orders brought, in the order of the table."""
    return [float(amount) for amount in done.orders["amount"]]


def orders_of(ingested: Ingested) -> list[tuple[str, str, str]]:
    """Who ordered when for how much, by the ids of the log."""
    named = ingested.orders.merge(ingested.identities, on="customer_key")
    times = named["ordered_at"].map(lambda at: at.isoformat(" "))
    return sorted(zip(named["customer_id"], times, named["amount"].map(str), strict=True))


def decided(done: Ingested) -> dict[str, Any]:
    """How many rows each of the shop's decisions concerned."""
    policies: dict[str, Any] = done.counts["policies"]
    return policies


def parquet_bytes(frame: pd.DataFrame, folder: Path) -> bytes:
    """The file a table is written to."""
    write_parquet(frame, folder / "bytes.parquet")
    return (folder / "bytes.parquet").read_bytes()


def inspect_file(path: str, folder: Path, **written: str) -> Inspection:
    """Inspect a file of a folder."""
    return inspect_source(parse_source({"path": path, **written}), folder)


def inspected(folder: Path, text: str) -> Inspection:
    """Inspect a text as log.csv."""
    (folder / "log.csv").write_text(text)
    return inspect_file("log.csv", folder)


def finding(found: Inspection, about: str) -> str:
    """What an inspection tells about one thing."""
    return dict(found.findings)[about]


def proposed(found: Inspection) -> dict[str, Any]:
    """The section `sources.orders` that an inspection proposes."""
    section = yaml.safe_load(found.snippet)["sources"]["orders"]
    assert isinstance(section, dict)
    return section


def queried(found: Inspection, folder: Path, table: str = "orders") -> list[tuple[Any, ...]]:
    """The rows of the query that an inspection proposes."""
    section = yaml.safe_load(found.snippet)["sources"][table]
    assert section["url"] == "duckdb://"
    return rows_of(section["query"], folder)


def offered(told: str, folder: Path) -> list[tuple[Any, ...]]:
    """The rows of the query that a finding or a question ends with."""
    return rows_of(told.partition("query: ")[2], folder)


def rows_of(query: str, folder: Path) -> list[tuple[Any, ...]]:
    """Run a query over files of a folder."""
    with connect("duckdb://", folder, "query") as database:
        return [tuple(row.values()) for row in database.read(query).read_all().to_pylist()]


def zstd(text: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(text.encode())
    return sink.getvalue().to_pybytes()


def order_source(path: str | None, **given: Any) -> SimpleNamespace:
    """A source as the parameters describe it; every column can be renamed, the optional ones are off."""
    names = {"customer_id": "customer", "ordered_at": "date", "amount": "amount", "order_id": None}
    names |= {
        "status": None,
        "is_test": None,
        "currency": None,
        "product_id": None,
        "channel": None,
        "unit_price": None,
        "quantity": None,
    }
    columns = SimpleNamespace(**{our: given.pop(our, name) for our, name in names.items()})
    return SimpleNamespace(path=path, columns=columns, **{**NOWHERE, **AUTO, **given})


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    """Write the content as data/raw/orders.csv (or the files given by name) and ingest it."""

    def run(
        content: str | bytes | dict[str, bytes] | None = None,
        *,
        path: str | None = LOG,
        as_of: date | str = "latest",
        now: datetime = NOW,
        max_share: float = 1.0,
        policies: Policies = DEFAULT,
        tables: dict[str, Any] | None = None,
        on_phase: Callable[[str], None] = lambda _: None,
        **source: Any,
    ) -> Ingested:
        files = content if isinstance(content, dict) else {} if content is None else {str(path): content}
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        source_ = order_source(path, **source)
        return ingest_orders(
            source_, tmp_path, as_of, now, max_share, PEPPER, policies, tables or {}, on_phase
        )

    return run


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of our own."""

    url: str
    password: str

    def load(self, table: str, rows: pa.Table) -> None:
        """Make a table of Arrow rows."""
        with self.connect() as con, con.cursor() as cursor:
            cursor.adbc_ingest(table, rows, mode="replace")
            con.commit()

    def connect(self) -> dbapi.Connection:
        """Open a connection as the owner."""
        return dbapi.connect(self.url.replace("$SHOP_PASSWORD", quote(self.password, safe="")))

    def execute(self, *statements: str) -> None:
        """Run statements as the owner."""
        with self.connect() as con, con.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            con.commit()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a server that asks for a password; skip where PostgreSQL is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not installed:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    (folder / "password").write_text(password := "pass word@:/%")
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)

    def run(program: str, *arguments: str) -> None:
        command = [installed[-1] / program, "-D", folder / "data", *arguments]
        subprocess.run(command, cwd=folder, user=user, check=True, stdout=subprocess.DEVNULL)

    port = free_port()
    run("initdb", "-A", "scram-sha-256", "-U", "shop", "--pwfile", str(folder / "password"), "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield Server(f"postgresql://shop:$SHOP_PASSWORD@127.0.0.1:{port}/postgres", password)
    finally:
        run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read tables given as CSV texts; columns are mapped to themselves unless said otherwise."""

    def run(
        as_of: date = date(2024, 1, 1),
        max_share: float = 1.0,
        columns: Any = None,
        words: Any = None,
        **texts: str,
    ) -> dict[str, TableRead]:
        sources = {}
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            header = text.splitlines()[0].split(",")
            mapped = (columns or {}).get(name, {our: our for our in header})
            place = {**NOWHERE, "path": f"{name}.csv"}
            sources[name] = SimpleNamespace(columns=mapped, words=words or {}, **place, **AUTO)
        setting = optional.Setting(tmp_path, as_of, max_share, PEPPER, NOW)
        return {table.contract.name: table for table in optional.read_tables(sources, BUYERS, setting)}

    return run
