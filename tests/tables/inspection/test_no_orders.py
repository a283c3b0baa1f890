"""What `churn inspect` says of rows that are no orders: deleted, given back, or without any amount."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tables.conftest import inspected, orders_of
from tests.tables.inspection.drawn import given_back, pasted


def log(column: str, *kinds: str, amounts: tuple[str, ...] = ("20.50",)) -> str:
    """Sixty orders of twelve customers, of which each third is of the last kind, with the last amount."""
    rows = []
    for n in range(60):
        nth = -1 if n % 3 == 0 else 0
        rows.append(f"B{n},k{n % 12},2024-{1 + n % 9:02}-{1 + n % 28:02},{amounts[nth]},{kinds[nth]}")
    return "\n".join([f"order_id,customer_id,date,amount,{column}", *rows]) + "\n"


@pytest.mark.parametrize(
    ("column", "kinds"),
    [("deleted", ("0", "1")), ("is_deleted", ("false", "true")), ("Löschkennzeichen", ("", "X"))],
)
def test_rows_that_are_marked_as_deleted_are_left_out(
    column: str, kinds: tuple[str, ...], tmp_path: Path
) -> None:
    found = inspected(tmp_path, log(column, *kinds))
    assert dict(found.findings)["deleted"].startswith(f'"{column}" marks 20 rows')
    assert len(orders_of(pasted(found, tmp_path))) == 40


@pytest.mark.parametrize(
    ("column", "kinds"),
    [("deleted", ("1", "0")), ("deleted", ("0", "0")), ("newsletter", ("0", "1")), ("deleted", ("a", "b"))],
    ids=["most rows", "no row", "another flag", "other words"],
)
def test_other_marks_leave_no_row_out(column: str, kinds: tuple[str, ...], tmp_path: Path) -> None:
    assert "deleted" not in dict(inspected(tmp_path, log(column, *kinds)).findings)


@pytest.mark.parametrize("state", ["RETURNED", "Zurückgegeben", "refunded", "Retoure"])
def test_a_state_of_what_was_given_back_is_asked_about(state: str, tmp_path: Path) -> None:
    found = inspected(tmp_path, log("item_status", "shipped", state))
    [asked] = found.questions
    assert asked.startswith(f'ingest.cancelled_status: 20 rows are "{state}" in "item_status", with an')
    assert "query" not in found.snippet  # a state is none of the row: its sign is not turned


@pytest.mark.parametrize(
    ("state", "amount"),
    [("RETURNED", "-20.50"), ("partially refunded", "20.50"), ("delivered", "20.50"), ("RETURNED", "0")],
    ids=["below zero", "in part", "kept", "nothing"],
)
def test_a_state_that_takes_nothing_off_is_not_asked_about(state: str, amount: str, tmp_path: Path) -> None:
    text = log("item_status", "shipped", state, amounts=("20.50", amount))
    assert not [asked for asked in inspected(tmp_path, text).questions if "cancelled_status" in asked]


def test_a_kind_of_rows_without_any_amount_is_asked_about(tmp_path: Path) -> None:
    [asked] = inspected(tmp_path, log("event", "delivery", "pause", amounts=("20.50", "0.00"))).questions
    assert "20 rows are 'pause' in \"event\", all with an amount of 0" in asked
    assert """WHERE coalesce(trim("event"), '') NOT IN ('pause')""" in asked
    assert inspected(tmp_path, log("event", "delivery", "pause")).questions == ()


def test_what_was_given_back_names_a_row_by_its_number(tmp_path: Path) -> None:
    rows = []
    for n in range(12):
        rows += [
            f"{3 * n},k{n},0{1 + n % 9}.03.2024,90,00,",
            f"{3 * n + 1},k{n},1{n % 9}.03.2024,20,00,",
            f"{3 * n + 2},k{n},2{n % 9}.04.2024,-5,00,{3 * n}",
        ]
    text = "\n".join(["row_no;customer;date;value;refers_to", *(row.replace(",", ";") for row in rows)])
    text = "\n".join(row.replace(";00;", ",00;") for row in text.splitlines())
    found = inspected(tmp_path, f"{text}\n")
    assert '"refers_to" names it in 12 rows' in dict(found.findings)["order_id"]
    done = pasted(found, tmp_path)
    assert given_back(done) == 12 * 5_00
    assert done.counts["policies"]["returns"]["matched_by"] == {"order_id": 12}
