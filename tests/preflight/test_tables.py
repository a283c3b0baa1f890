"""The optional tables in the preflight: what they hold, and what is switched off without them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pipeline.preflight.tables import describe_tables, switched_off
from pipeline.tables.contracts import OPTIONAL

INGEST = {
    "columns_off": ["status"],
    "switched_off": {"status": ["cancelled orders left out"]},
    "tables": {
        "surveys": {
            "status": "on",
            "feeds": [],
            "accepted": 8,
            "customers": 5,
            "buyers": 4,
            "first_on": date(2024, 1, 2),
            "last_on": date(2024, 3, 1),
            "missing": {"response_id": 2},
            "unknown": {"customer_id": 4},
            "columns_off": [],
            "switched_off": {},
        },
        "products": {
            "status": "on",
            "accepted": 0,
            "missing": {"brand": 0},
            "unknown": {},
            "columns_off": ["category", "department"],
            "switched_off": {"category": ["category affinity"]},
        },
        "tickets": {"status": "off", "feeds": ["open complaints"]},
    },
}


def test_a_table_is_described_by_extent_age_and_shares() -> None:
    found = describe_tables(INGEST, buyers=16, as_of=date(2024, 3, 11))
    assert found["surveys"] == {
        "rows": 8,
        "customers": 5,
        "buyers_share": 0.25,
        "first_day": "2024-01-02",
        "last_day": "2024-03-01",
        "days_since_last": 10,
        "missing": {"response_id": 0.25},
        "unknown": {"customer_id": 0.5},
    }
    assert found["products"]["missing"] == {"brand": None}
    assert set(found) == {"surveys", "products"}


def test_it_is_the_same_after_a_way_through_json() -> None:
    again = json.loads(json.dumps(INGEST, default=date.isoformat))
    assert describe_tables(again, 16, date(2024, 3, 11)) == describe_tables(INGEST, 16, date(2024, 3, 11))


def test_what_is_missing_switches_off_what_hangs_on_it() -> None:
    assert switched_off(INGEST) == [
        {"table": "orders", "columns": ["status"], "features": ["cancelled orders left out"]},
        {"table": "products", "columns": ["category"], "features": ["category affinity"]},
        {"table": "tickets", "columns": [], "features": ["open complaints"]},
    ]
    assert switched_off({}) == []


def ingested(orders: list[str], customers: list[str] | None) -> dict[str, Any]:
    """The counts of an ingest in which these columns that tell of test accounts are missing."""
    feature = "test accounts left out"
    people: dict[str, Any] = {"status": "off", "feeds": [feature, "model quality by channel and country"]}
    if customers is not None:
        lost = {name: [feature] for name in customers}
        people |= {"status": "on", "columns_off": customers, "switched_off": lost}
    lost = {name: [feature] for name in orders}
    return {"columns_off": orders, "switched_off": lost, "tables": {"customers": people}}


@pytest.mark.parametrize(
    ("orders", "customers"),
    [(["is_test"], ["is_test"]), (["is_test"], ["account_type"]), ([], ["is_test", "account_type"])],
)
def test_one_column_that_tells_of_test_accounts_is_enough(orders: list[str], customers: list[str]) -> None:
    assert switched_off(ingested(orders, customers)) == []


def test_without_any_column_of_test_accounts_all_that_would_tell_are_named() -> None:
    feature = "test accounts left out"
    assert switched_off(ingested(["is_test"], ["account_type", "is_test"])) == [
        {"table": "orders", "columns": ["is_test"], "features": [feature]},
        {"table": "customers", "columns": ["account_type", "is_test"], "features": [feature]},
    ]
    quality = "model quality by channel and country"
    assert [lost["features"] for lost in switched_off(ingested(["is_test"], None))] == [
        [feature],
        [feature, quality],
    ]
    assert [lost["features"] for lost in switched_off(ingested([], None))] == [[quality]]


def test_messages_alone_tell_of_contact_pressure() -> None:
    counts: dict[str, Any] = {name: {"status": "off", "feeds": one.feeds} for name, one in OPTIONAL.items()}
    counts["messages"] = {"status": "on", "columns_off": [], "switched_off": {}}
    lost = {feature for off in switched_off({"tables": counts}) for feature in off["features"]}
    assert "campaigns that address a customer" in lost
    assert not set(OPTIONAL["messages"].feeds) & lost


@pytest.mark.parametrize(("from_log", "lost"), [(0, ["orders net of returns", "return rate"]), (3, [])])
def test_returns_that_the_order_log_tells_need_no_table(from_log: int, lost: list[str]) -> None:
    table = {"status": "off", "feeds": ["orders net of returns", "return rate"]}
    counts = {"policies": {"returns": {"from_log": from_log}}, "tables": {"returns": table}}
    assert [name for off in switched_off(counts) for name in off["features"]] == lost
