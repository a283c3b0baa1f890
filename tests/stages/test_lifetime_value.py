from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import StoredFit
from pipeline.tables import io
from tests.conftest import STAGES, Workspace, make_workspace, shop_log

HORIZON_DAYS = 60  # of the shop


def test_a_season_that_a_young_log_cannot_have_is_not_claimed(
    scored: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shop = scored.copy(tmp_path / "shop")
    shop.set(lifetime_value__season="anchor")
    shop.run_here("lifetime_value")

    for file, where in (("models", lambda found: found["fits"][-1]), ("metrics", lambda found: found)):
        found = where(shop.json(f"{file}/lifetime_value.json"))
        assert found["season"] == {"season": "off", "reason": "not_found", "tried": {}}
    said = capsys.readouterr()
    assert "season off" in said.out
    assert "the log is too short for lifetime_value.season: anchor, or shows none" in said.err


def test_the_first_order_day_counts_when_it_is_fitted_and_when_it_is_asked(scored: Workspace):
    fit = scored.json("models/lifetime_value.json")["fits"][-1]
    keys = ["customer_key", "cutoff"]
    snapshots, values = (
        io.read_parquet(scored.path / "data" / "snapshots" / f"{name}.parquet").set_index(keys)
        for name in ("snapshots", "lifetime_value")
    )
    at_cutoff = snapshots.index.get_level_values("cutoff") == pd.Timestamp(fit["cutoff"])
    now, stored = snapshots[at_cutoff].join(values), StoredFit.from_dict(fit)

    assert now["expected_spend"].notna().any()
    assert (stored.paid(now)["spend_days"] == now["frequency"] + 1).all()
    value = stored.spend.expected_order_value(stored.paid(now))
    np.testing.assert_allclose(now["expected_orders"] * value, now["expected_spend"], rtol=1e-6)
    median = stored.spend_quantiles(now.reset_index(), HORIZON_DAYS, np.full(1, 0.5))[:, 0]
    # As written, with the correction that past windows taught, which leaves the median as it is.
    np.testing.assert_allclose(median, now["spend_p50"], rtol=1e-6)


def test_churn_learns_from_the_orders_of_a_shop_below_the_clv_floor_where_nothing_was_paid(tmp_path: Path):
    shop = make_workspace(tmp_path / "shop")
    shop.write_log(shop_log(customers=480, seed=4).assign(betrag=0))
    shop.run_here(*STAGES[: STAGES.index("lifetime_value") + 1])

    saved = shop.json("models/lifetime_value.json")
    assert saved["status"] == "insufficient_history"
    assert "480 customers have bought, 500 are needed" in saved["reason"]
    assert saved["fits"] == []
    assert saved["of_churn"]
    values = io.read_parquet(shop.path / "data" / "snapshots" / "lifetime_value.parquet")
    assert values["p_no_order"].notna().all()
    assert values[["expected_orders", "expected_spend", "clv"]].isna().all(axis=None)
