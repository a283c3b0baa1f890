"""What holds for every feature in the catalogue, now and later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from pipeline.engine.duck import connect
from pipeline.features.catalogue import TOPICS
from pipeline.features.dictionary import page
from tests.conftest import ROOT
from tests.features.conftest import CUTOFF, Shop
from tests.features.tables import CONTRACTS, as_known

FEATURES = {feature.name: feature for topic in TOPICS for feature in topic.features}
LATER = date(2024, 4, 30)
YOUNG = date(2022, 6, 1)  # less than a year after the first order
each_feature = pytest.mark.parametrize("name", FEATURES)


def at_times(shop: Shop, orders: pd.Series, returns: pd.Series) -> Shop:
    """The shop with only those orders and returns."""
    return replace(shop, orders=shop.orders[orders], returns=shop.returns[returns])


def with_amounts(shop: Shop, factor: int, rows: pd.Series | None = None) -> Shop:
    """The shop with some orders' amounts, or all and those of the returns, multiplied."""
    chosen = pd.Series(True, shop.orders.index) if rows is None else rows
    factors = np.where(chosen, factor, 1).tolist()
    orders = shop.orders.assign(amount=[a * f for a, f in zip(shop.orders["amount"], factors, strict=True)])
    netted = [amount * (factor if rows is None else 1) for amount in shop.returns["netted"]]
    return replace(shop, orders=orders, returns=shop.returns.assign(netted=netted))


def with_other_future(shop: Shop, cutoff: date) -> Shop:
    """The same past; orders since are other customers' and dearer, old ones come back, nothing else is."""
    start = pd.Timestamp(cutoff)
    is_past = shop.orders["ordered_at"] < start
    past, future = shop.orders[is_past], shop.orders[~is_past]
    strange = future.assign(
        customer_key=future["customer_key"].to_numpy()[::-1],
        amount=[amount * 1000 + 1 for amount in future["amount"]],
        lines=future["lines"] + 7,
    )
    known = shop.returns[shop.returns["returned_at"] < start]
    rest = past[~past["ordered_at"].isin(known["ordered_at"])]
    late = pd.DataFrame(
        {
            "customer_key": rest["customer_key"],
            "returned_at": start,
            "ordered_at": rest["ordered_at"],
            "netted": rest["amount"],
            "orders_undone": np.int32(1),
            "lines_undone": rest["lines"],
        }
    )
    tables = {name: as_known(table, CONTRACTS[name], start) for name, table in shop.tables.items()}
    orders, returns = (pd.concat(parts, ignore_index=True) for parts in ([past, strange], [known, late]))
    return replace(shop, orders=orders, returns=returns, tables=tables)


@pytest.fixture(scope="module")
def table(shop: Shop) -> pd.DataFrame:
    return shop.features(CUTOFF)


@pytest.fixture(scope="module")
def other_future(shop: Shop) -> pd.DataFrame:
    return with_other_future(shop, CUTOFF).features(CUTOFF)


@pytest.fixture(scope="module")
def later(shop: Shop) -> pd.DataFrame:
    return shop.features(LATER)


@pytest.fixture(scope="module")
def other_pasts(shop: Shop) -> list[pd.DataFrame]:
    """Some orders and no return; other lines; other amounts; no row in the other tables."""
    third = pd.Series(np.arange(len(shop.orders)) % 3 > 0, shop.orders.index)
    thinned = at_times(shop, third, shop.returns["netted"] < 0)
    lines = replace(shop, orders=shop.orders.assign(lines=shop.orders["lines"] * np.where(third, 1, 5)))
    bare = replace(shop, tables={name: table[:0] for name, table in shop.tables.items()})
    return [other.features(CUTOFF) for other in (thinned, lines, bare, with_amounts(shop, 3, third))]


@pytest.fixture(scope="module")
def dearer(shop: Shop) -> pd.DataFrame:
    return with_amounts(shop, 1000).features(CUTOFF)


@pytest.fixture(scope="module")
def shuffled(shop: Shop) -> pd.DataFrame:
    """From rows in another order, on one thread."""
    orders = shop.orders.sample(frac=1, random_state=5)
    tables = {name: table[::-1] for name, table in shop.tables.items()}
    rows = replace(shop, orders=orders, returns=shop.returns[::-1], tables=tables)
    with pytest.MonkeyPatch.context() as patch:
        module = import_module("pipeline.features.snapshots")  # the package has a function of this name
        patch.setattr(module, "connect", partial(connect, threads=1))
        return rows.features(CUTOFF)


@pytest.fixture(scope="module")
def young(shop: Shop) -> pd.DataFrame:
    return shop.features(YOUNG)


@each_feature
def test_the_future_does_not_move_it(name: str, table: pd.DataFrame, other_future: pd.DataFrame) -> None:
    pd.testing.assert_series_equal(table[name], other_future[name], check_exact=True)


@each_feature
def test_the_past_or_the_cutoff_does(
    name: str, table: pd.DataFrame, later: pd.DataFrame, other_pasts: list[pd.DataFrame]
) -> None:
    """Else the test above could not fail."""
    others = [other[name].reindex(table.index) for other in (later, *other_pasts)]
    assert any(not table[name].equals(other) for other in others)


@each_feature
def test_it_is_missing_only_where_it_says_so(name: str, table: pd.DataFrame, young: pd.DataFrame) -> None:
    is_missing = pd.concat([table[name], young[name]]).isna()
    assert is_missing.any() == bool(FEATURES[name].missing)
    assert not is_missing.all()


@each_feature
def test_it_is_finite_and_varies(
    name: str, table: pd.DataFrame, young: pd.DataFrame, later: pd.DataFrame
) -> None:
    values = pd.concat([table[name], young[name], later[name]]).dropna().astype("float64")
    assert np.isfinite(values).all()
    assert values.max() > values.min()


@each_feature
def test_it_is_whole_if_it_says_so(name: str, table: pd.DataFrame) -> None:
    assert pd.api.types.is_integer_dtype(table[name]) == FEATURES[name].whole


@each_feature
def test_only_money_grows_with_the_amounts(name: str, table: pd.DataFrame, dearer: pd.DataFrame) -> None:
    factor = 1000 if FEATURES[name].unit == "currency" else 1
    before, after = (column[name].astype("float64") for column in (table, dearer))
    np.testing.assert_allclose(after, before * factor, rtol=1e-9, atol=1e-6)


@each_feature
def test_row_order_and_threads_change_no_bit(name: str, table: pd.DataFrame, shuffled: pd.DataFrame) -> None:
    pd.testing.assert_series_equal(table[name], shuffled[name], check_exact=True)


def test_names_are_unique_and_each_topic_is_at_one_place() -> None:
    assert len(FEATURES) == sum(len(topic.features) for topic in TOPICS)
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_the_snapshots_hold_the_catalogue(table: pd.DataFrame) -> None:
    assert list(table) == [*FEATURES, "first_order_on", "last_order_on"]


def test_the_dictionary_is_the_catalogue() -> None:
    assert (ROOT / "docs/features.md").read_text(encoding="utf-8") == page(TOPICS), "make docs"
