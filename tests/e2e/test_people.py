"""What a shop that knows channels and people gets: features, slices, and fairness where asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.fairness import METRICS
from tests.conftest import STAGES, Workspace, make_workspace

COLUMNS = {"country": "land", "acquisition_channel": "quelle", "age_group": "alter", "birth_year": "jahr"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, log: pd.DataFrame) -> Workspace:
    """The simulated shop with a channel per order and a customers table; the Swiss never come back."""
    workspace = make_workspace(tmp_path_factory.mktemp("people") / "shop")
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"kunde": sorted(log["kunde"].unique())})
    people["land"] = rng.choice(["DE", "AT", "CH"], len(people), p=[0.5, 0.3, 0.2])
    people["quelle"] = rng.choice(["Anzeige", "Suche"], len(people))
    people["alter"] = rng.choice(["18-44", "45+"], len(people))
    people["jahr"] = rng.integers(1940, 2003, len(people))
    swiss = set(people.loc[people["land"] == "CH", "kunde"])
    orders = log[~log["kunde"].isin(swiss) | (log["datum"] < "2023-11-02")]
    workspace.write_log(orders.assign(weg=rng.choice(["Web", "Laden"], len(orders))))
    (workspace.path / "data/raw/kunden.csv").write_bytes(people.to_csv(index=False).encode())
    names = {"customer_id": "kunde", "ordered_at": "datum", "amount": "betrag", "channel": "weg"}
    workspace.set(
        churn__members=["logistic"],
        lifetime_value__model="mbgnbd",
        lifetime_value__season="off",
        sources__orders__columns=names,
        sources__customers={
            "path": "data/raw/kunden.csv",
            "columns": {"customer_id": "kunde", **COLUMNS},
        },
        features__demographics=True,
    )
    done = workspace.run(*STAGES[: STAGES.index("track")])
    assert done.returncode == 0, done.stderr
    return workspace


def test_channels_and_people_are_features(shop: Workspace) -> None:
    table = pd.read_parquet(shop.path / "data/snapshots/snapshots.parquet")
    assert table["channel_entropy"].between(0, np.log(2) + 1e-9).all()
    assert set(table["age_group_rank"]) == {1, 2}
    assert table["age_years"].between(20, 84).all()


def test_a_country_that_is_off_is_found_warned_of_and_shown(shop: Workspace) -> None:
    found = pd.read_csv(shop.path / "plots/slices_churn.csv").set_index(["group", "level"])
    assert {"country", "acquisition_channel", "order_channel"} <= set(found.index.get_level_values("group"))
    swiss = found.loc[("country", "CH")]
    assert swiss["is_off"]
    assert swiss["low"] < swiss["gap"] < swiss["high"] < 0
    found = shop.json("metrics/evaluation.json")["churn"]["slices"]
    assert [one["level"] for one in found if one["is_off"] and one["group"] == "country"] == ["CH"]
    assert "Country CH" in (shop.path / "reports/index.html").read_text()
    assert "churn is off for country CH" in shop.run("evaluate").stderr


def test_fairness_is_measured_for_each_group_and_told(shop: Workspace) -> None:
    found = pd.read_csv(shop.path / "plots/fairness.csv")
    assert set(found["group"]) == {"all", "age", "age_group"}
    for name in METRICS:
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()
    assert "Age band: 18-44" in (shop.path / "reports/index.html").read_text()


def test_by_default_no_model_sees_who_people_are(shop: Workspace) -> None:
    shop.set(features__demographics=False)
    assert shop.run("snapshots").returncode == 0
    table = pd.read_parquet(shop.path / "data/snapshots/snapshots.parquet")
    assert not [column for column in table if column.startswith("age_")]
    assert "channel_entropy" in table
