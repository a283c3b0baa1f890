from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.crm.dialects import excel_de_csv, machine_csv
from pipeline.crm.export import export_table
from pipeline.crm.fields import FIELDS

Make = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
exported = partial(export_table, consents=None, language="en")
GOLDEN = Path(__file__).parent / "golden"
HOSTILE = ["=1+1", "+49 170", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1"]


@pytest.fixture
def table(make: Make) -> pd.DataFrame:
    unknown = dict.fromkeys(
        ["churn_probability", "clv", "expected_spend", "expected_orders", "days_since_last"]
    )
    unscored = unknown | {"score_status": "insufficient_history", "segment": "not_scored"}
    customers = ("01067", ("Müller, Größe", {"clv": -0.5}), ('say "hi"; ok', unscored), "=1+1", "two\nlines")
    words = [("k0", "email", "granted"), ("k0", "post", "granted"), ("k1", "email", "objected")]
    consents = pd.DataFrame(words, columns=["customer_key", "purpose", "status"])
    return exported(*make(*customers), consents=consents.assign(changed_at=pd.Timestamp("1998-01-01")))


@pytest.mark.parametrize(("write", "file"), [(machine_csv, "machine.csv"), (excel_de_csv, "excel-de.csv")])
def test_golden_files(table: pd.DataFrame, write: Callable[[pd.DataFrame], bytes], file: str) -> None:
    assert write(table) == (GOLDEN / file).read_bytes()


def test_machine_files_round_trip_exactly(table: pd.DataFrame) -> None:
    content = machine_csv(table)
    assert not content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert [row["customer_id"] for row in rows] == table["customer_id"].tolist()
    by_id = {row["customer_id"]: row for row in rows}
    assert by_id["01067"]["clv"] == "1234.50"
    assert by_id["01067"]["last_order_on"] == "1998-05-20"
    assert by_id["Müller, Größe"]["clv"] == "-0.50"
    assert by_id['say "hi"; ok']["churn_probability"] == by_id['say "hi"; ok']["days_since_last"] == ""


@given(customer_id=st.text(min_size=1).filter(lambda text: text.strip()))
@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_customer_number_survives_the_machine_dialect(make: Make, customer_id: str) -> None:
    content = machine_csv(exported(*make(customer_id))).decode("utf-8")
    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert row["customer_id"] == customer_id


def test_excel_gets_its_byte_order_mark_commas_and_german_dates(table: pd.DataFrame) -> None:
    content = excel_de_csv(table)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    by_id = {row["customer_id"]: row for row in rows}
    assert by_id["01067"]["clv"] == "1234,50"
    assert by_id["01067"]["last_order_on"] == "20.05.1998"
    assert by_id["Müller, Größe"]["clv"] == "-0,50"  # a number, not a formula


@pytest.mark.parametrize("customer_id", HOSTILE)
def test_formulas_are_inert_in_excel_and_untouched_for_machines(make: Make, customer_id: str) -> None:
    table = exported(*make(customer_id))
    [excel] = csv.DictReader(io.StringIO(excel_de_csv(table).decode("utf-8-sig"), newline=""), delimiter=";")
    [machine] = csv.DictReader(io.StringIO(machine_csv(table).decode(), newline=""))
    assert excel["customer_id"] == "'" + customer_id
    assert machine["customer_id"] == customer_id


def test_an_export_of_nobody_is_a_header(table: pd.DataFrame) -> None:
    header = ",".join(field.name for field in FIELDS)
    assert machine_csv(table.iloc[:0]).decode() == header + "\n"
