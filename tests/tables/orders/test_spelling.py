"""A text is the same however its letters are put together, and however a language makes them small."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from unicodedata import normalize

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.params import load_params
from pipeline.tables.ingest import Ingested
from pipeline.tables.optional.tables import TableRead
from pipeline.tables.orders import identity
from pipeline.tables.orders.policies import Policies
from tests.conftest import ROOT
from tests.tables.conftest import Ingest, order_source

LOG = "käufer,date,amount,state\nMüller,2021-03-04,5,paid\nmüller,2021-03-05,6,Gelöscht\n"
QUOTED = LOG.replace("Müller", '"Müller"')
ROWS = [line.split(",") for line in LOG.splitlines()]
TURKISH = "customer,date,amount,state\nİz,2021-03-04,5,İPTAL\nA,2021-03-05,6,paid\n"


def apart(text: str) -> str:
    """Write a letter and its mark as two characters, as macOS does."""
    return normalize("NFD", text)


def customers(done: Ingested) -> list[str]:
    return sorted(done.identities["customer_id"])


@pytest.mark.parametrize(
    ("ids", "alike"),
    [
        (["A1", "B1"], 0),
        (["a1", "b1"], 0),
        (["A1", "b1", "B1"], 1),
        (["K", "\N{KELVIN SIGN}"], 1),  # both are a capital, of the same small letter
    ],
)
def test_alike_are_ids_that_capitals_alone_tell_apart(ids: list[str], alike: int) -> None:
    assert identity.alike(pa.chunked_array([ids[:1], ids[1:]])) == alike


@pytest.fixture(params=["plain", "quoted", "whitespace", "excel"])
def both(request: Any, ingest: Ingest, tmp_path: Path) -> Callable[..., Ingested]:
    """Ingest a file whose letters are apart, and one in which they are not."""
    as_written = {"plain": LOG, "quoted": QUOTED, "whitespace": LOG.replace(",", " "), "excel": ""}

    def run(**given: Any) -> Ingested:
        files = {}
        for number, form in enumerate((str, apart)):
            if request.param == "excel":
                book = openpyxl.Workbook()
                for row in ROWS:
                    book.active.append([form(cell) for cell in row])
                book.save(tmp_path / "book.xlsx")
                content = (tmp_path / "book.xlsx").read_bytes()
            else:
                content = form(as_written[request.param]).encode()
            files[f"data/raw/orders-{number}"] = content
        return ingest(files, path="data/raw/orders-*", customer_id="käufer", **given)

    return run


def test_letters_put_together_in_two_ways_are_one_customer(both: Callable[..., Ingested]) -> None:
    assert apart(LOG) != LOG
    assert customers(both()) == ["Müller", "müller"]


@pytest.mark.parametrize(
    "written", ["A1\u200b", "A\u00ad1", "\u202aA1\u202c", " \ufeffA1", "A\u20601 \u200e"]
)
def test_characters_that_take_no_room_make_no_other_customer(ingest: Ingest, written: str) -> None:
    rocket = "👩\u200d🚀"  # of two emoji and a joiner
    done = ingest(f"customer,date,amount\n{written},2021-03-04,5\nA1,2021-03-05,6\n{rocket},2021-03-05,6\n")
    assert customers(done) == ["A1", rocket]


def test_a_state_of_letters_that_are_apart_cancels(both: Callable[..., Ingested]) -> None:
    done = both(status="state", policies=Policies(cancelled_status=("gelöscht",)))
    assert (customers(done), done.counts["policies"]["cancelled"]) == (["Müller"], 2)


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "sqlite"])
def test_a_column_is_found_by_its_name_whatever_the_format(ingest: Ingest, tmp_path: Path, kind: str) -> None:
    name = apart("käufer")
    table = pa.table({name: ["Anna"], "date": ["2021-03-04"], "amount": ["5"]})
    content, source = b"", {"path": f"data/raw/orders.{kind}"}
    if kind == "parquet":
        pq.write_table(table, sink := pa.BufferOutputStream())
        content = sink.getvalue().to_pybytes()
    elif kind == "jsonl":
        content = (json.dumps(table.to_pylist()[0], ensure_ascii=False) + "\n").encode()
    else:
        with closing(sqlite3.connect(tmp_path / "shop.db")) as con:
            con.execute(f'CREATE TABLE orders ("{name}", date, amount)')
            con.execute("INSERT INTO orders VALUES ('Anna', '2021-03-04', 5)")
            con.commit()
        source = {"path": None, "url": "sqlite:///shop.db", "table": "orders"}
    files = {"data/raw/orders." + kind: content}
    assert customers(ingest(files, customer_id="käufer", **source)) == ["Anna"]


def test_ids_of_a_list_are_found_however_it_is_written(ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "staff.txt").write_text(apart("Müller\n"))
    policies = Policies(exclude_customers=("file:staff.txt",))
    assert customers(ingest(LOG, customer_id="käufer", policies=policies)) == ["müller"]


def test_a_file_is_found_by_the_name_that_a_mac_gives_it(ingest: Ingest) -> None:
    name = "data/raw/aufträge-*.csv"
    files = {apart("data/raw/aufträge-1.csv"): LOG.encode()}
    assert len(ingest(files, path=name, customer_id="käufer").orders) == 2


def test_parameters_may_have_letters_apart(tmp_path: Path) -> None:
    text = (ROOT / "params.yaml").read_text().replace("customer_id: customer_id", "customer_id: käufer")
    (tmp_path / "params.yaml").write_text(apart(text))
    assert load_params(tmp_path / "params.yaml").sources.orders.columns.customer_id == "käufer"


@pytest.mark.parametrize("written", ["İptal", "iptal"])
def test_the_turkish_capital_i_is_a_small_i_on_both_sides(ingest: Ingest, written: str) -> None:
    done = ingest(TURKISH, status="state", policies=Policies(cancelled_status=(written,)))
    assert (customers(done), done.counts["policies"]["cancelled"]) == (["A"], 1)


def test_so_it_is_where_capitals_tell_nobody_apart(ingest: Ingest) -> None:
    policies = Policies(customer_ids="small_letters", exclude_customers=("İ*",))
    assert customers(ingest(TURKISH, policies=policies)) == ["a"]


def test_and_in_the_words_of_the_other_tables(
    read: Callable[..., dict[str, TableRead]], ingest: Ingest, tmp_path: Path
) -> None:
    words = {"account_type": {"İş": "b2b", "İç": "employee"}}
    text = "customer_id,account_type\na,İŞ\n"
    found = read(customers=text, words=words)["customers"]
    assert found.rows["account_type"].to_pylist() == ["b2b"]
    (tmp_path / "people.csv").write_text("customer_id,account_type\nA,İÇ\n")
    columns = {"customer_id": "customer_id", "account_type": "account_type"}
    people = order_source("people.csv")
    people.columns, people.words = columns, words
    assert customers(ingest(TURKISH, tables={"customers": people})) == ["İz"]
