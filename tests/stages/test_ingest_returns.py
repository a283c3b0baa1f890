"""What the ingest stage says of returns that fit no order."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import parse_params
from pipeline.stages.ingest import read_orders
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("lost", "fitting", "told"), [(20, 300, True), (20, 500, False), (19, 0, False)], ids=str
)
def test_returns_that_fit_no_order_are_warned_of_where_they_are_many(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lost: int,
    fitting: int,
    told: bool,
) -> None:
    rows = [f"c{n},2023-01-02,5\nc{n},2023-01-05,-9" for n in range(lost)]  # more than was ever bought
    rows += [f"d{n},2023-01-02,9\nd{n},2023-01-05,-9" for n in range(fitting)]
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text("customer,day,amount\n" + "\n".join([*rows, "e,2023-02-01,1"]) + "\n")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    names = {"customer_id": "customer", "ordered_at": "day", "amount": "amount"}
    params["sources"]["orders"] |= {"path": "log.csv", "columns": names}
    remarks = read_orders(parse_params(params)).counts["remarks"]
    assert ("unmatched_returns" in remarks) is told
    said = f"20 of {lost + fitting:,} returns fit no order, and take nothing off: 180 of"
    assert (said in capsys.readouterr().err) is told
