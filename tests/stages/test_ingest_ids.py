"""What the ingest stage says of ids that are one customer's, and of those that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import load_params, parse_params
from pipeline.stages.ingest import read_orders
from tests.conftest import ROOT
from tests.stages.conftest import write_params


def said(folder: Path, monkeypatch: pytest.MonkeyPatch, *ids: str) -> list[str]:
    """Read a log in which each of these ids orders once, and return the names of the doubts."""
    monkeypatch.chdir(folder)
    rows = "".join(f"{who},2023-01-0{n + 1},5\n" for n, who in enumerate(ids))
    (folder / "log.csv").write_text(f"customer,day,amount\n{rows}")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["sources"]["orders"]["path"] = "log.csv"
    params["sources"]["orders"]["columns"] |= {
        "customer_id": "customer",
        "ordered_at": "day",
        "amount": "amount",
    }
    remarks: list[str] = read_orders(parse_params(params)).counts["remarks"]
    return remarks


def test_ids_that_leading_zeros_or_a_dot_zero_tell_apart_are_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path, monkeypatch, "0012", "12", "12.0", "13") == ["alike_numbers"]
    assert "2 customer ids differ from another one in leading zeros" in capsys.readouterr().err
    assert said(tmp_path, monkeypatch, "0012", "13.0", "012A", "12A", "12.5", "0") == []


def test_ids_that_are_words_for_nobody_or_a_test_are_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path, monkeypatch, "Gast", "test-12", "Demo@shop.de", "Testa", "gastro") == ["nobodies"]
    told = capsys.readouterr().err
    assert "3 customer ids are words for nobody or for a test" in told
    assert "shop.de" not in told, "an id is personal; a log is not the place for it"


def test_ids_that_a_program_took_for_numbers_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop / "log.csv"
    lines = [line.split(",", 1) for line in log.read_text().splitlines()]
    ids = [lines[0][0], *(f"{13_000 + n}.0" for n in range(len(lines) - 1))]
    log.write_text("".join(f"{who},{rest}\n" for who, (_, rest) in zip(ids, lines, strict=True)))
    read_orders(load_params(write_params(shop)))
    assert 'all customer ids end in ".0"' in capsys.readouterr().err
    log.write_text(log.read_text().replace("13000.0", "K13000"))
    read_orders(load_params(write_params(shop)))
    assert "end in" not in capsys.readouterr().err


def test_ids_that_a_spreadsheet_has_rounded_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop / "log.csv"
    log.write_text(log.read_text().replace("old-1,", "1.23457E+11,"))
    read_orders(load_params(write_params(shop)))
    assert "1 customer id is written like 1.23E+11" in capsys.readouterr().err
    log.write_text(log.read_text().replace("1.23457E+11,", "1E7,"))
    read_orders(load_params(write_params(shop)))
    assert "written like" not in capsys.readouterr().err


def test_ids_that_capitals_alone_tell_apart_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "log.csv").write_text("customer,day,amount\nEva@web.de,2023-01-02,5\neva@web.de,2023-02-02,5\n")
    read_orders(load_params(write_params(shop)))
    assert "1 customer id differs from another one in capitals alone" in capsys.readouterr().err


def test_an_account_that_many_share_is_warned_of(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = shop / "log.csv"
    guests = "".join(f"0,2023-03-{1 + n % 28:02},9\n" for n in range(40))
    log.write_text(log.read_text() + guests)
    read_orders(load_params(write_params(shop)))
    told = capsys.readouterr().err
    assert "one customer has 40 of 110 orders, ten times as many as anybody else or more" in told
    assert '"0"' not in told  # an id is personal; a log is not the place for it
    log.write_text(log.read_text().replace(guests, guests[: len(guests) // 2]))
    read_orders(load_params(write_params(shop)))
    assert "ten times" not in capsys.readouterr().err


@pytest.mark.parametrize("spelled", ["as_written", "small_letters"])
def test_customers_whom_a_table_writes_in_other_capitals_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str], spelled: str
) -> None:
    people = ("old-1", "OLD-2", "Old-3", "nobody")
    (shop / "tickets.csv").write_text("who,day\n" + "".join(f"{who},2023-03-01\n" for who in people))
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["tickets"] = {
        "path": "tickets.csv",
        "columns": {"customer_id": "who", "opened_at": "day"},
    }
    params["ingest"]["customer_ids"] = spelled
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    done = read_orders(load_params(shop / "params.yaml"))
    warned = "tickets: 2 customer ids differ from one of the orders in capitals alone"
    assert (warned in capsys.readouterr().err) is (spelled == "as_written")
    assert done.counts["tables"]["tickets"]["buyers"] == (1 if spelled == "as_written" else 3)


def test_customers_who_have_a_row_in_the_capitals_of_the_orders_as_well_are_not_warned_of(shop: Path) -> None:
    (shop / "people.csv").write_text("who\nold-1\nOLD-1\nOLD-2\n")
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["customers"] = {"path": "people.csv", "columns": {"customer_id": "who"}}
    for spelled, lost in (("as_written", 1), ("small_letters", 0)):
        params["ingest"]["customer_ids"] = spelled
        (shop / "params.yaml").write_text(yaml.safe_dump(params))
        done = read_orders(load_params(shop / "params.yaml"))
        assert done.counts["tables"]["customers"]["in_other_capitals"] == lost
