"""The stage takes the optional tables that the shop has into its figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.params import load_params
from pipeline.retention.table_kpis import table_kpis
from pipeline.stages import files
from pipeline.stages.kpis import kpis
from pipeline.tables import io
from tests.conftest import ROOT
from tests.retention.test_table_kpis import AS_OF, ORDERS, everything


def test_the_figures_of_the_tables_are_among_the_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = load_params(ROOT / "params.yaml")
    monkeypatch.chdir(tmp_path)
    tables = {name: everything()[name] for name in ("returns", "surveys", "campaign_members")}
    for path in (files.LOG, files.TABLES / "x", files.KPIS, files.PLOTS / "x"):
        path.parent.mkdir(parents=True, exist_ok=True)
    io.write_json({"as_of": AS_OF.isoformat()}, files.LOG)
    io.write_parquet(ORDERS, files.ORDERS)
    io.write_parquet(tables["returns"], files.RETURNS)
    for name in ("surveys", "campaign_members"):
        io.write_parquet(tables[name], files.TABLES / f"{name}.parquet")

    kpis(params)

    written = json.loads(files.KPIS.read_text(encoding="utf-8"))["tables"]
    expected = table_kpis(ORDERS, tables, AS_OF, params.churn.horizon_days)
    assert written.keys() == expected.keys() == {"returns", "surveys"}, "campaigns are not there"
    assert written["surveys"]["promoters"]["value"] == pytest.approx(
        expected["surveys"]["promoters"]["value"], rel=1e-5
    )
