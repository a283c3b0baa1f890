"""What the churn stage does with samples of large shops."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from pipeline.features import sampling
from tests.conftest import run_before_track


@pytest.mark.slow
def test_an_origin_before_every_sampled_customer_is_not_tested(scored, tmp_path, monkeypatch):
    shop = scored.copy(tmp_path / "shop")
    cutoffs = shop.json("data/snapshots/cutoffs.json")
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


@pytest.mark.slow
def test_a_shop_that_was_closed_for_two_months_gets_through_all_stages(log, tmp_path):
    day = pd.to_datetime(log["datum"])
    shop = run_before_track(tmp_path / "shop", log[(day < "2023-07-01") | (day >= "2023-08-30")])
    cutoffs = shop.json("data/snapshots/cutoffs.json")
    learned = [day for origin in (*cutoffs["origins"], cutoffs["final"]) for day in origin["training"]]
    assert learned
    assert not [day for day in learned if "2023-05-20" < day < "2023-08-14"]
    fit = shop.json("models/lifetime_value.json")["fits"][-1]
    assert fit["clock"]["closed"] == [["2023-07-01", "2023-08-29"]]


@pytest.mark.slow
@pytest.mark.parametrize(("season", "corrects"), [("off", True), ("exposure", False)])
def test_a_season_learned_since_last_year_is_not_corrected_again(scored, tmp_path, season, corrects):
    shop = scored.copy(tmp_path / "shop")
    plan, models = shop.path / "data/snapshots/cutoffs.json", shop.path / "models/lifetime_value.json"
    cutoffs, fitted = json.loads(plan.read_text()), json.loads(models.read_text())
    cutoffs["final"]["last_year"] = cutoffs["origins"][-1]
    fitted["fits"][-1]["season"]["season"] = season
    plan.write_text(json.dumps(cutoffs))
    models.write_text(json.dumps(fitted))
    shop.run_here("churn")
    card = shop.json("models/churn.json")
    assert (card["value"]["season"] is not None) == corrects
