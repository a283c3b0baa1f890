"""What the churn stage does with samples of large shops."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from pipeline.features import sampling


@pytest.mark.slow
def test_an_origin_before_every_sampled_customer_is_not_tested(scored, tmp_path, monkeypatch):
    shop = scored.copy(tmp_path / "shop")
    cutoffs = json.loads((shop.path / "data/snapshots/cutoffs.json").read_text())
    first, *others = [origin["cutoff"] for origin in cutoffs["origins"]]
    snapshots = pd.read_parquet(
        shop.path / "data/snapshots/snapshots.parquet", columns=["customer_key", "cutoff"]
    )
    early = set(snapshots.loc[snapshots["cutoff"].astype(str) <= first, "customer_key"])
    late = sorted(set(snapshots["customer_key"]) - early)
    monkeypatch.setattr(sampling, "some_customers", lambda *_: late)
    shop.run_here("churn")
    tested = pd.read_parquet(shop.path / "data/scored/backtest.parquet")
    assert sorted(tested["cutoff"].astype(str).unique()) == others
