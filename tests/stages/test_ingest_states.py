"""What the ingest stage says of a log whose states tell of no order that came to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import parse_params
from pipeline.stages.ingest import read_orders
from tests.conftest import ROOT

READ = "SELECT * FROM read_csv('log.csv', all_varchar = true)"


@pytest.mark.parametrize(
    ("state", "query", "told"),
    [
        ("Storno", "", True),
        ("storniert", "", False),
        ("Storno", READ, True),
        ("Storno", f"{READ} WHERE day >= '2020-01-01'", True),
        ("Storno", f"{READ} WHERE state <> 'Storno'", False),
        ("Storno", f"{READ} WHERE NOT starts_with(customer, 'cancelled')", False),
    ],
    ids=["unknown", "known", "by a query", "by one that chooses days", "states", "what was cancelled"],
)
def test_states_none_of_which_cancels_are_warned_of(
    state: str, query: str, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"c{n},2023-01-{n + 1:02},5,{'paid' if n else state}\n" for n in range(20))
    Path("log.csv").write_text(f"customer,day,amount,state\n{rows}")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    names = {"customer_id": "customer", "ordered_at": "day", "amount": "amount", "status": "state"}
    place = {"url": "duckdb://", "query": query} if query else {"path": "log.csv"}
    params["sources"]["orders"] = {**place, "columns": names}
    params["ingest"]["cancelled_status"] = ["Storniert"]
    assert ("none_cancelled" in read_orders(parse_params(params)).counts["remarks"]) is told
