"""What the ingest stage says of returns that fit no order."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import parse_params
from pipeline.stages.ingest import read_orders
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("day", "lost", "fitting", "told"),
    [
        ("2023-01-05", 20, 300, True),
        ("2023-01-01", 20, 300, False),
        ("2023-01-05", 20, 500, False),
        ("2023-01-05", 19, 0, False),
    ],
    ids=["many", "of orders before the log", "little money", "few"],
)
def test_returns_that_fit_no_order_are_warned_of_where_they_are_many(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    day: str,
    lost: int,
    fitting: int,
    told: bool,
) -> None:
    rows = [f"c{n},2023-01-02,5\nc{n},{day},-9" for n in range(lost)]  # more than was ever bought
    rows += [f"d{n},2023-01-02,9\nd{n},2023-01-05,-9" for n in range(fitting)]
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text("customer,day,amount\n" + "\n".join([*rows, "e,2023-02-01,1"]) + "\n")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    names = {"customer_id": "customer", "ordered_at": "day", "amount": "amount"}
    params["sources"]["orders"] |= {"path": "log.csv", "columns": names}
    remarks = read_orders(parse_params(params)).counts["remarks"]
    assert ("unmatched_returns" in remarks) is told
    said = f"{lost} of {lost + fitting} returns, 180 of {9 * (lost + fitting):,}, are of customers"
    assert (said in capsys.readouterr().err) is told


def test_the_advice_is_one_that_the_policy_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"c{n},2023-01-02,9\nc{n},2023-01-05,-9\n" for n in range(20))
    Path("log.csv").write_text(f"customer,day,amount\n{rows}")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    names = {"customer_id": "customer", "ordered_at": "day", "amount": "amount"}
    params["sources"]["orders"] |= {"path": "log.csv", "columns": names}
    params["ingest"]["returns"] = "net_by_day"
    read_orders(parse_params(params))
    assert "ingest.returns: match looks for orders of earlier days as well" in capsys.readouterr().err
