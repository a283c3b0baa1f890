"""A small shop for the stages that read a log."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

START = date(2023, 1, 2)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log that begins when 40 customers have long been there; one is new each week, one only returns."""
    orders = [(f"old-{n}", START + timedelta(days=n % 20), 10) for n in range(40)]
    orders += [(f"new-{week}", START + timedelta(weeks=week), 10) for week in range(30)]
    lines = "".join(f"{who},{day},{amount}\n" for who, day, amount in [*orders, ("back", START, -5)])
    (tmp_path / "log.csv").write_text(f"customer,day,amount\n{lines}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_params(folder: Path, births_from: str | None = None, timezone: str | None = None) -> Path:
    """Write the project's own parameters, with the log of the shop for source."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    orders = params["sources"]["orders"]
    orders["path"] = "log.csv"
    orders["columns"] |= {"customer_id": "customer", "ordered_at": "day", "amount": "amount"}
    params["ingest"] |= {"births_from": births_from, "timezone": timezone}
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(params), encoding="utf-8")
    return path
