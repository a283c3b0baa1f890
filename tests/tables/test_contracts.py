from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.features.catalogue import TABLES
from pipeline.params import OrderColumns, Sources
from pipeline.retention.table_kpis import NEEDED
from pipeline.tables.contracts import (
    ALL_QUARANTINED,
    OPTIONAL,
    ORDER_LOG,
    ORDERS,
    RETURNS,
    Column,
    Contract,
    ContractError,
    check,
)
from pipeline.tables.contracts.page import page
from pipeline.tables.optional.judge import breaches

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 1, 1)
WAYS = re.compile(r"'(\w+)'(?: END|\))? AS matched_by")

CONTRACT = Contract(
    name="visits",
    grain="one visit",
    primary_key=("visitor", "at"),
    columns=(
        Column("visitor", "text", "Who"),
        Column("at", "time", "When"),
        Column("pages", "count", "How many", unit="pages", minimum=1),
        Column("note", "text", "Why", nullable=True),
    ),
)
KEPT = pd.DataFrame(
    {
        "visitor": ["a", "b"],
        "at": pd.to_datetime(["2021-01-01", "2021-01-01"]),
        "pages": [1, 2],
        "note": pd.Series(["x", None], dtype="str"),
    }
)


def test_a_kept_contract_is_silent() -> None:
    check(KEPT, CONTRACT)
    check(KEPT.iloc[:0], CONTRACT)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (KEPT.drop(columns="note"), r"visits: columns \['visitor', 'at', 'pages'\], promised"),
        (KEPT[["at", "visitor", "pages", "note"]], "visits: columns"),
        (KEPT.assign(pages=[1.5, 2.0]), "visits.pages: double, promised count"),
        (KEPT.assign(at=["2021-01-01", "x"]), "visits.at: large_string, promised time"),
        (KEPT.assign(visitor=pd.Series(["a", None], dtype="str")), "visits.visitor: 1 values missing"),
        (KEPT.assign(pages=[0, 2]), "visits.pages: 0, promised at least 1"),
        (KEPT.assign(visitor="a"), "visits: rows repeat the key"),
    ],
)
def test_a_broken_contract_names_the_place(broken: pd.DataFrame, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        check(broken, CONTRACT)


def test_short_decimals_are_held_against_whole_bounds() -> None:
    paid = replace(CONTRACT, primary_key=(), columns=(Column("paid", "money", "What", minimum=1),))
    for kind in (pa.decimal64(18, 4), pa.decimal128(18, 4)):
        check(pa.table({"paid": pa.array([Decimal(1), Decimal("1.5")], kind)}), paid)
        with pytest.raises(ContractError, match=r"visits.paid: 0.9999, promised at least 1"):
            check(pa.table({"paid": pa.array([Decimal(2), Decimal("0.9999")], kind)}), paid)


# The contracts of the sources

EVERY = [ORDER_LOG, *OPTIONAL.values()]


@pytest.mark.parametrize("contract", EVERY, ids=lambda contract: contract.name)
def test_a_contract_only_names_columns_and_tables_that_are_there(contract: Contract) -> None:
    times = {column.name for column in contract.columns if column.kind == "time"}
    assert len(set(contract.names)) == len(contract.names)
    assert not {"file_no", "line", "hidden", "breach", "value_class", "fate"} & set(contract.names)
    assert set(contract.primary_key) <= set(contract.names)
    assert contract.event_time in {"", *times}
    assert set(contract.needs) <= set(OPTIONAL)
    assert {check.column for check in contract.checks} <= set(contract.names)
    assert {column.known_from for column in contract.columns} <= {"", *times}
    # No promise without something that keeps it: the features, the KPIs, what is left out, what is netted.
    assert bool(contract.feeds) == (contract.name in {"orders", "customers", "returns", *TABLES, *NEEDED})
    for column in contract.columns:
        assert column.description
        assert column.kind != "money" or column.unit
        assert column.entity == "" or (column.kind == "key" and column.name.endswith("_id"))
        assert all(value == value.lower() for value in column.allowed)


def test_a_table_comes_after_those_it_refers_to() -> None:
    read = {"orders"}
    for contract in OPTIONAL.values():
        referred = {column.reference.table for column in contract.columns if column.reference}
        assert referred <= read
        read.add(contract.name)


def test_no_id_of_a_person_or_an_act_is_written_as_it_is() -> None:
    things = {"product_id", "campaign_id", "coupon_id", "experiment_id"}
    for contract in OPTIONAL.values():
        written = contract.as_written().names
        assert {name for name in written if name.endswith("_id")} <= things
        assert not {"name", "email", "phone", "address", "comment", "text"} & set(written)


def test_the_parameters_know_every_table() -> None:
    helpers = {"id_map", "exchange_rates"}  # they tell how to read the orders, and hold no table of the shop
    assert set(Sources.model_fields) - helpers == {contract.name for contract in EVERY}
    assert set(OrderColumns.model_fields) == set(ORDER_LOG.names)


def test_how_returns_are_matched_is_listed_wherever_it_is_told() -> None:
    outputs = (ROOT / "docs/outputs.md").read_text(encoding="utf-8")
    [told] = [line for line in outputs.splitlines() if line.startswith("| `matched_by` |")]
    statements = (ROOT / "pipeline/tables/orders/sql").glob("returns_*.sql")
    written = {way for sql in statements for way in WAYS.findall(sql.read_text(encoding="utf-8"))}
    assert set(RETURNS.column("matched_by").allowed) == written
    assert set(re.findall(r"`(\w+)`", told)) == written | {"matched_by"}


def test_tables_that_every_stage_reads_are_not_called_unused() -> None:
    assert "nothing uses it" not in page(ORDER_LOG, [], (ORDERS, RETURNS, ALL_QUARANTINED))


def test_the_page_is_what_the_contracts_say() -> None:
    written = page(ORDER_LOG, OPTIONAL.values(), (ORDERS, RETURNS, ALL_QUARANTINED))
    assert (ROOT / "docs/tables.md").read_text(encoding="utf-8") == written, "run `make docs`"


def test_the_page_names_every_rule_a_row_can_break() -> None:
    text = (ROOT / "docs/tables.md").read_text(encoding="utf-8")
    read_as = dict.fromkeys([name for contract in OPTIONAL.values() for name in contract.names], "yyyy-mm-dd")
    for contract in OPTIONAL.values():
        for breach in breaches(contract, contract.names, OPTIONAL, {**read_as, "decimal": "."}, NOW):
            assert f"`{breach.rule}`" in text
            assert breach.reason.endswith(".")
