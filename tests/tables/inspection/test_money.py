"""What `churn inspect` says of the currency, and of a log whose only date is that of shipping."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tables.conftest import inspected, offered

ROWS = ("a", "2024-03-01", "19.50"), ("b", "2024-03-02", "7.25")


def log(name: str, mark: str = "", currencies: tuple[str, ...] = ()) -> str:
    header = f"customer;date;{name}" + ";currency" * bool(currencies)
    rows = [f"{who};{day};{paid}{mark}" for who, day, paid in ROWS]
    return "\n".join(
        [header, *(f"{row};{currencies[n]}" if currencies else row for n, row in enumerate(rows))]
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (log("amount", currencies=("EUR", "eur")), "EUR"),
        (log("amount", mark=" €"), "EUR"),
        (log("amount", mark=" CHF"), "CHF"),
        (log("amount_eur"), "EUR"),
        (log("Betrag (CHF)"), "CHF"),
        (log("Umsatz in Euro"), "EUR"),
        (log("total £"), "GBP"),
    ],
)
def test_the_currency_is_named_for_the_report(text: str, code: str, tmp_path: Path) -> None:
    told = dict(inspected(tmp_path, text + "\n").findings)["paid in"]
    assert told.startswith(f"{code}, ")
    assert told.endswith(f"report.currency: {code}")


@pytest.mark.parametrize(
    "text",
    [
        log("amount"),
        log("amount", mark=" $"),
        log("amount_try_again"),
        log("total_eur", mark=" CHF"),
        log("amount", currencies=("EUR", "x")),
        log("neuro"),
    ],
    ids=["none", "whose dollar", "a word", "two that differ", "no code", "part of a word"],
)
def test_a_currency_in_doubt_is_not_named(text: str, tmp_path: Path) -> None:
    assert "paid in" not in dict(inspected(tmp_path, text + "\n").findings)


def test_several_currencies_need_rates(tmp_path: Path) -> None:
    told = dict(inspected(tmp_path, log("amount", currencies=("EUR", "CHF")) + "\n").findings)["paid in"]
    assert told.startswith("CHF, EUR, ")
    assert "sources.exchange_rates" in told


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("customer,Versanddatum,amount,note", True),
        ("customer,delivery_date,amount,note", True),
        ("customer,Versanddatum,amount,Kaufdatum", False),
        ("customer,Versanddatum,amount,Zahldatum", True),
        ("customer,date,amount,note", False),
    ],
)
def test_a_day_of_shipping_is_asked_about(header: str, asked: bool, tmp_path: Path) -> None:
    last = "2024-02-28" if header.endswith("datum") else "x"
    rows = "".join(f"{who},{day},{paid},{last}\n" for who, day, paid in ROWS)
    questions = inspected(tmp_path, f"{header}\n{rows}").questions
    assert any("seems to be when an order was shipped" in question for question in questions) == asked
    assert any("(Zahldatum)" in question for question in questions) == ("Zahldatum" in header)


@pytest.mark.parametrize(("point", "between"), [(".", ","), (",", ";")])
def test_amounts_that_rounding_would_lose_are_asked_about(point: str, between: str, tmp_path: Path) -> None:
    def written(order: str) -> str:
        lines = [f"{order},a,2024-03-01,0.0508", f"{order},a,2024-03-01,0.0169", "9,b,2024-03-02,0.0339"]
        return "\n".join(["order,customer,date,amount", *lines]).replace(",", between).replace(".", point)

    [question] = inspected(tmp_path, written("1") + "\n").questions
    assert "half of the orders are worth 0.051 or less" in question
    paid = [float(str(row[-1]).replace(",", ".")) for row in offered(question, tmp_path)]
    assert paid == [50.8, 16.9, 33.9]
    large = written("1").replace(f"{point}0508", f"{point}9")
    assert inspected(tmp_path, large.replace(f"0{point}0339", f"7{point}5") + "\n").questions == ()


@pytest.mark.parametrize(
    ("amounts", "currency", "told"),
    [
        (("1999", "4950"), "eur", True),
        (("1999", "4950"), "JPY", False),
        (("199", "950"), "EUR", True),
        (("199", "450"), "EUR", False),
        (("1999.5", "4950"), "EUR", False),
    ],
)
def test_large_whole_numbers_come_with_the_query_for_cents(
    amounts: tuple[str, str], currency: str, told: bool, tmp_path: Path
) -> None:
    rows = "".join(f"{n},c{n % 2},2024-03-0{n + 1},{amounts[n % 2]},{currency}\n" for n in range(4))
    found = dict(inspected(tmp_path, f"order,customer,date,amount,currency\n{rows}").findings)
    assert ("amounts" in found) is told
    if told:
        paid = [float(row[3]) for row in offered(found["amounts"], tmp_path)]
        assert paid == [int(a) / 100 for a in amounts * 2]


@pytest.mark.parametrize(("name", "asked"), [("arrival_date", True), ("Anreise am", True), ("date", False)])
def test_the_day_of_what_was_booked_is_asked_about(name: str, asked: bool, tmp_path: Path) -> None:
    rows = "".join(f"{who},{day},{paid}\n" for who, day, paid in ROWS)
    questions = inspected(tmp_path, f"customer,{name},amount\n{rows}").questions
    assert any("seems to be the day of what was booked" in question for question in questions) is asked


def test_no_query_is_offered_that_would_lose_thousands(tmp_path: Path) -> None:
    rows = "".join(f"{n},c{n},2024-03-01,{paid}\n" for n, paid in enumerate(["0.05", "0.07", '"1,234.50"']))
    [question] = inspected(tmp_path, f"order,customer,date,amount\n{rows}").questions
    assert question.endswith("to multiply them, write a query")


@pytest.mark.parametrize(("name", "told"), [("amount_jpy", False), ("amount_eur", True)])
def test_a_currency_in_the_name_may_have_no_cents(name: str, told: bool, tmp_path: Path) -> None:
    rows = "".join(f"{n},c{n},2024-03-0{n + 1},{1999 + n}\n" for n in range(4))
    found = inspected(tmp_path, f"order,customer,date,{name}\n{rows}")
    assert ("amounts" in dict(found.findings)) is told
