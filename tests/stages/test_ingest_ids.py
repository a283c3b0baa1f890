"""What the ingest stage says of ids that are one customer's, and of those that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import parse_params
from pipeline.stages.ingest import read_orders
from tests.conftest import ROOT


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
