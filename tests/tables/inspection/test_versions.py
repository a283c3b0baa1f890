"""What `churn inspect` says where each change of an order is a row of its own."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from pipeline.params import parse_source
from pipeline.tables.inspection.proposal import inspect_source
from tests.tables.conftest import inspected, orders_of
from tests.tables.inspection.drawn import pasted

HEADER = "order_no,version,customer,order_date,updated_at,total,deleted"


def versions(first: int = 1, name: str = "version") -> str:
    """Thirty orders; every other one was changed ten times, the last time deleted where it is a third one."""
    rows = []
    for n in range(30):
        several = 11 if n % 2 else 1
        for version in range(first, first + several):
            is_last = version == first + several - 1
            deleted = "true" if is_last and n % 3 == 0 else "false"
            total = f"{n + 1}.50" if is_last else f"{900 + version}.25"
            changed = f"2024-02-0{1 + n % 9}T10:{version:02}:00"
            rows.append(f"B{n},{version},k{n % 7},2024-01-{1 + n % 28:02},{changed},{total},{deleted}")
    return "\n".join([HEADER.replace("version", name), *sorted(rows)]) + "\n"


TRUTH = sorted((f"k{n % 7}", f"{n + 1}.5000") for n in range(30) if n % 3)


def test_only_the_last_version_of_an_order_is_read(tmp_path: Path) -> None:
    found = inspected(tmp_path, versions())
    assert "15 orders have several" in dict(found.findings)["versions"]
    assert dict(found.findings)["deleted"].startswith('"deleted" marks 10 rows')
    assert found.questions == ()
    assert sorted((who, paid) for who, _, paid in orders_of(pasted(found, tmp_path))) == TRUTH


def test_it_is_the_last_by_number_where_the_table_is(tmp_path: Path) -> None:
    con = sqlite3.connect(tmp_path / "shop.db")
    columns = "order_no, version INT, customer, order_date, updated_at, total REAL, deleted"
    con.execute(f"CREATE TABLE log ({columns})")
    rows = [line.split(",") for line in versions(first=0).splitlines()[1:]]
    con.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    con.commit()
    con.close()
    found = inspect_source(parse_source({"url": "sqlite:///shop.db", "table": "log"}), tmp_path)
    assert sorted((who, paid) for who, _, paid in orders_of(pasted(found, tmp_path))) == TRUTH


def test_versions_may_be_written_as_numbers_with_a_dot(tmp_path: Path) -> None:
    text = "\n".join(
        re.sub(r"^(B\d+,\d+)", r"\1.0", line) if line[0] == "B" else line for line in versions().splitlines()
    )
    found = inspected(tmp_path, f"{text}\n")
    assert sorted((who, paid) for who, _, paid in orders_of(pasted(found, tmp_path))) == TRUTH
    odd = inspected(tmp_path, text.replace("B0,1.0", "B0,v1") + "\n")
    assert "versions" not in dict(odd.findings)


def test_lines_with_versions_of_their_own_are_all_read(tmp_path: Path) -> None:
    rows = [
        f"B{n},p{line},{int(n % 4 == line)},k{n % 7},2024-01-{1 + n % 28:02},{n + line}.25"
        for n in range(60)
        for line in range(3)
    ]
    text = "\n".join(["order_no,product_id,version,customer,order_date,total", *rows])
    for log in (text, text.replace("product_id", "note")):
        assert "versions" not in dict(inspected(tmp_path, f"{log}\n").findings)


@pytest.mark.parametrize("first", [7, 1990])
def test_numbers_that_do_not_begin_anew_are_no_versions(first: int, tmp_path: Path) -> None:
    assert "versions" not in dict(inspected(tmp_path, versions(first)).findings)


def test_rows_of_an_order_that_were_changed_one_after_the_other_are_asked_about(tmp_path: Path) -> None:
    text = "\n".join(
        ["order_no,customer,order_date,updated_at,total"]
        + [
            f"B{n},k{n % 7},2024-01-{1 + n % 28:02},2024-02-0{change}T10:00:00,{n + change}.25"
            for n in range(30)
            for change in (1, 2)
        ]
    )
    found = inspected(tmp_path, f"{text}\n")
    assert 'several rows, each with its own "updated_at"' in found.questions[0]
    assert 'ORDER BY "updated_at" DESC' in found.questions[0]
    lines = inspected(tmp_path, text.replace("2024-02-02T", "2024-02-01T") + "\n")
    assert lines.questions == ()
