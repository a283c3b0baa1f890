"""What `churn inspect` says of ids that are one customer's, and of those that are nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tables.conftest import finding, inspected, offered


def log(*ids: str) -> str:
    """Three orders of each of some customers, and one of each of these ids."""
    whose = [f"{who:03}" for who in range(1, 41) for _ in range(3)] + list(ids)
    rows = "".join(f"{n},{who},2021-04-{1 + n % 28:02},5.{n % 90 + 10}\n" for n, who in enumerate(whose))
    return f"order_id,customer_id,date,total\n{rows}"


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (("7", "12.0", "12"), "3 ids differ from another one in leading zeros"),
        (("0007",), "1 id differs from another one in leading zeros"),
        (("7A", "12.5", "x.0", "130.0", "700", "0"), ""),
    ],
)
def test_numbers_that_a_spreadsheet_has_written_anew_are_told(
    tmp_path: Path, ids: tuple[str, ...], told: str
) -> None:
    found = inspected(tmp_path, log(*ids))
    if not told:
        assert "customers" not in dict(found.findings)
        return
    numbers = finding(found, "customers")
    assert numbers.startswith(told)
    customers = {row[1] for row in offered(numbers, tmp_path)}
    assert customers == {str(number) for number in range(1, 41)}


def test_ids_that_all_end_in_a_dot_zero_are_told_with_the_query_that_cuts_it_off(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n % 40 + 100}.0,2021-04-{1 + n % 28:02},5.{n % 90 + 10}\n" for n in range(120))
    found = inspected(tmp_path, f"order_id,customer_id,date,total\n{rows}")
    told = finding(found, "customers")
    assert told.startswith('all ids end in ".0"')
    assert {row[1] for row in offered(told, tmp_path)} == {str(100 + n) for n in range(40)}


@pytest.mark.parametrize(
    ("ids", "named", "advice"),
    [
        (("Gast", "Gast", "test", "Testa"), '"Gast" (2 rows), "test" (1 row): these', '["Gast", "test"]'),
        (
            ("Gast", "test@web.de"),
            '"Gast" (1 row), "test@web.de" (1 row): these',
            "file:data/raw/staff.txt",
        ),
        ([f"test{n}" for n in range(9)], '"test4" (1 row) and 4 more: these', "file:data/raw/staff.txt"),
    ],
    ids=["words", "an address", "many"],
)
def test_words_for_nobody_and_for_tests_are_asked_about_however_few(
    tmp_path: Path, ids: Sequence[str], named: str, advice: str
) -> None:
    [question] = inspected(tmp_path, log(*ids)).questions
    assert f"{named} ids seem to mean nobody" in question
    assert f"ingest.exclude_customers: {advice}" in question


def test_the_word_that_many_share_is_asked_about_once(tmp_path: Path) -> None:
    many, few = inspected(tmp_path, log(*["guest"] * 30, "test1")).questions
    assert '"guest" stands in 30 of 151 rows' in many
    assert "guest" not in few


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (["0"] * 20, '"0" stands in 20 of 140 rows'),
        (["-1"] * 20, '"-1" stands in 20 of 140 rows'),
        (["99999"] * 20 + [""] * 400, '"99999" stands in 20 of 140 rows'),
        (["0"] * 19, ""),
        (["-1"] * 60 + ["99999"] * 31, ""),
        (["*gast*"] * 400, 'ingest.exclude_customers: ["[*]gast[*]"]'),
        (["x" * 40] * 400, ""),
    ],
    ids=[
        "nobody",
        "below zero",
        "nines, and none",
        "too few",
        "two of them",
        "a pattern",
        "too long to show",
    ],
)
def test_an_id_that_many_share_is_asked_about(tmp_path: Path, ids: list[str], told: str) -> None:
    questions = "".join(inspected(tmp_path, log(*ids)).questions)
    assert ("mean nobody" in questions) == bool(told)
    assert told in questions


@pytest.mark.parametrize(("header", "told"), [("customer_id,email", True), ("email,note", False)])
def test_a_column_of_addresses_may_tell_these_people_apart(tmp_path: Path, header: str, told: bool) -> None:
    content = log(*["guest"] * 30).replace(",2021", ",x,2021").replace("customer_id", header)
    [question] = inspected(tmp_path, content).questions
    assert '"guest" stands in 30 of 150 rows' in question
    assert ('such as "email"' in question) == told


@pytest.mark.parametrize(
    ("rows", "orders_each", "lines_each", "told"),
    [
        (90, 1, 1, "has 90 different values in 90 rows"),
        (90, 1, 2, "has 45 different values in 45 orders"),
        (90, 1.5, 1, ""),
        (19, 1, 1, ""),
    ],
    ids=["once each", "lines", "some twice", "too few"],
)
def test_ids_that_never_come_twice_are_asked_about(
    tmp_path: Path, rows: int, orders_each: float, lines_each: int, told: str
) -> None:
    content = "order_id,customer_id,date,total\n"
    for row in range(rows):
        order = row // lines_each
        content += f"{order},c{int(order / orders_each)},2021-04-{1 + order % 28:02},5.{row % 90 + 10}\n"
    questions = "".join(inspected(tmp_path, content).questions)
    assert ("hardly anybody would ever have come back" in questions) == bool(told)
    assert told in questions


def test_ids_that_a_spreadsheet_has_rounded_are_asked_about(tmp_path: Path) -> None:
    [question] = inspected(tmp_path, log("4.10E+11", "4.10E+11", "41E+11", "4.11E+11", "E+1")).questions
    assert "2 ids are written like 1.23E+11" in question
