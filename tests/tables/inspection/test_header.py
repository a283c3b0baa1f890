"""`churn inspect`: which row is the header, and which file has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.tables.sources.header import looks_like_row
from tests.tables.conftest import finding, inspect_file, inspected


def test_a_file_without_a_header_is_told_without_its_values(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspected(tmp_path, "Erika Mustermann;04.03.2021;5,55\nMax Mustermann;05.03.2021;7,00\n")
    assert "Muster" not in str(raised.value)


def test_a_part_without_a_header_is_told_without_its_values(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("kunde;datum;betrag\nErika Mustermann;04.03.2021;5,55\n")
    (tmp_path / "2.csv").write_text("Max Mustermann;05.03.2021;7,00\nErika Mustermann;06.03.2021;7,00\n")
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspect_file("*.csv", tmp_path)
    assert "Muster" not in str(raised.value)


def test_parts_without_a_header_are_told_without_their_values(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("Max Mustermann;05.03.2021;7,00\n")
    (tmp_path / "2.csv").write_text("Erika Mustermann;05.03.2021;7,00\n")
    with pytest.raises(UserError, match="seems to have no header") as raised:
        inspect_file("*.csv", tmp_path)
    assert "Muster" not in str(raised.value)


@pytest.mark.parametrize(
    ("names", "is_row"),
    [
        *((value, True) for value in ("4. März 2021", "04.03.2021", "a@b.de", "Max <max@b.de>")),
        *((value, True) for value in ("2021-03-04T10:00:00+02:00", "2021-03-04T10:00:00Z")),
        *((f"1001;{value}", True) for value in ("-5,00", "12.50 €", "EUR 5", "5 CHF", "12:30")),
        *((name, False) for name in ("Umsatz 2021", "VAT 19%", "30d revenue", "T1", "#", "", "Preis/€")),
        *((name, False) for name in ("SKU1;QTY2", "VAT19;PLZ 1", "30 TAG;90 TAG", "2021", "Id@odata.type")),
    ],
)
def test_a_row_is_told_from_names(names: str, is_row: bool) -> None:
    assert looks_like_row(["customer", *names.split(";")]) == is_row


@pytest.mark.parametrize(("name", "is_row"), [("00010300601010000500M", True), ("export 2021-22", False)])
def test_a_row_of_fixed_width_is_no_name(name: str, is_row: bool) -> None:
    assert looks_like_row([name]) == is_row


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (",customer,date,amount", "{n},K{n},2024-03-{day:02},{n}.50"),
        ("customer,date,,amount", "K{n},2024-03-{day:02},x,{n}.50"),
        ("customer,date,amount,", "K{n},2024-03-{day:02},{n}.50,x"),
        ("Export of 2024\n,customer,date,amount", "{n},K{n},2024-03-{day:02},{n}.50"),
    ],
    ids=["the index of pandas", "in between", "at the end", "below a title"],
)
def test_a_column_without_a_name_is_passed_over(tmp_path: Path, header: str, row: str) -> None:
    rows = [row.format(n=n, day=1 + n % 28) for n in range(30)]
    found = inspected(tmp_path, "\n".join([header, *rows]) + "\n")
    assert all("would ever have come back" in question for question in found.questions)
    for role, name in (("customer_id", "customer"), ("ordered_at", "date"), ("amount", "amount")):
        assert f'{role}: "{name}"' in found.snippet


@pytest.mark.parametrize("first", ["Meier,Anna,,12.50", "Meier,Anna,2024-03-01,"])
def test_a_row_that_lacks_a_value_is_no_header(tmp_path: Path, first: str) -> None:
    rows = [f"Meier{n},Anna,2024-03-{1 + n % 28:02},{n}.50" for n in range(30)]
    with pytest.raises(UserError, match="seems to have no header"):
        inspected(tmp_path, "\n".join([first, *rows]) + "\n")


def test_names_with_numbers_are_a_header(tmp_path: Path) -> None:
    text = "customer,date,amount,SKU1,QTY2,VAT19\n7,2021-03-04,5.5,a,1,19\n7,2021-03-05,1.0,b,2,19\n"
    assert not inspected(tmp_path, text).questions


def test_a_row_of_settings_above_the_names_is_passed_over(tmp_path: Path) -> None:
    settings = "EXTF;700;21;Buchungsstapel;13;20260101;RE;1001;20250101;20251231;EUR"
    rows = "".join(f"{n},50;S;{n % 7};0{1 + n % 9}.03.2025;;\n" for n in range(10, 40))
    found = inspected(tmp_path, f"{settings}\nUmsatz;SH;Konto;Belegdatum;Skonto;Text\n{rows}")
    assert finding(found, "ordered_at").startswith('"Belegdatum"')


def test_tabs_part_columns_before_other_blanks_do(tmp_path: Path) -> None:
    rows = "".join(f"A{n}\t2021-03-{n + 1:02}\tPO {n}\t{n}.50\n" for n in range(20))
    found = inspected(tmp_path, f"Kunde\tangelegt am\tReferenz\tWert\n{rows}")
    assert finding(found, "delimiter") == '"\\t"'


def test_blanks_part_columns_in_which_there_are_commas(tmp_path: Path) -> None:
    rows = "".join(f"{n}  Meier, A.  2021-03-{n + 1:02}  {n}.50\n" for n in range(20))
    found = inspected(tmp_path, f"id  Kunde, Vorname  Datum  Wert\n{rows}")
    assert finding(found, "delimiter") == '"whitespace"'
