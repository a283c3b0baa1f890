"""The customers table and the id map decide whose rows are whose, in the log and in every other table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.tables.io import to_pandas
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import Ingest

LOG = "customer,date,amount\na,2021-03-04,1\nb,2021-03-05,2\nc,2021-03-06,3\nd,2021-03-31 12:00,4\n"
AUTO = dict.fromkeys(["delimiter", "encoding", "decimal", "date_format"], "auto")
AUTO |= dict.fromkeys(["url", "table", "query", "since", "sheet"])


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Write an optional table and describe it; columns are mapped to themselves."""

    def write(name: str, text: str, **given: Any) -> dict[str, Any]:
        path = tmp_path / "data/raw" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        columns = given.pop("columns", {our: our for our in text.splitlines()[0].split(",")})
        source = {"path": f"data/raw/{name}.csv", "columns": columns, "words": {}, **AUTO, **given}
        return {name: SimpleNamespace(**source)}

    return write


def id_map(tmp_path: Path, *links: str) -> Policies:
    (tmp_path / "data/raw").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data/raw/ids.csv").write_text("\n".join(["old,new", *links]))
    columns = SimpleNamespace(from_id="old", customer_id="new")
    return Policies(id_map=SimpleNamespace(path="data/raw/ids.csv", columns=columns, **AUTO))


def test_accounts_of_testers_and_employees_are_left_out(ingest: Ingest, table: Any) -> None:
    text = "customer_id,is_test,account_type\na,Ja,b2c\nb,nein,Mitarbeiter\nc,,b2b\nd,0,\nnobody,x,test\n"
    customers = table("customers", text, words={"account_type": {"Mitarbeiter": "employee"}})
    done = ingest(LOG, tables=customers)
    assert done.identities["customer_id"].tolist() == ["c", "d"]
    counted = done.counts["policies"]
    assert (counted["test_accounts"], done.counts["left_out"]) == (2, 2)
    assert counted["test_customers"] == {"left_out": 2, "known_from_customers_table": 2}
    both = ingest(LOG, tables=customers, policies=Policies(exclude_customers=("a", "c")))
    assert both.counts["policies"]["test_customers"] == {"left_out": 3, "known_from_customers_table": 2}


def test_a_customers_table_without_such_columns_leaves_nobody_out(ingest: Ingest, table: Any) -> None:
    done = ingest(LOG, tables=table("customers", "customer_id,country\na,DE\n"))
    assert len(done.orders) == 4


def test_another_account_of_an_employee_is_an_employee(ingest: Ingest, table: Any, tmp_path: Path) -> None:
    customers = table("customers", "customer_id,is_test\nb,yes\n")
    done = ingest(LOG, tables=customers, policies=id_map(tmp_path, "a,b"))
    assert done.identities["customer_id"].tolist() == ["c", "d"]


def test_the_id_map_holds_for_every_table(ingest: Ingest, table: Any, tmp_path: Path) -> None:
    surveys = table("surveys", "customer_id,answered_at,kind,score\nmail-a,2021-03-05,nps,9\n")
    customers = table(
        "customers", "customer_id,country\na,DE\nmail-a,DE\nold-b,FR\nolder-b,IT\n"
    )  # a has a row; of b's two accounts the first stands for b
    done = ingest(
        LOG, tables=surveys | customers, policies=id_map(tmp_path, "mail-a,a", "old-b,b", "older-b,b")
    )
    keys = done.identities.set_index("customer_id")["customer_key"]
    read = {each.contract.name: each for each in done.tables}
    assert to_pandas(read["surveys"].rows)["customer_key"].tolist() == [keys["a"]]
    frame = to_pandas(read["customers"].rows).set_index("customer_key")
    assert (len(frame), frame.loc[keys["a"], "country"], frame.loc[keys["b"], "country"]) == (4, "DE", "FR")
    assert read["customers"].counts["quarantined"] == 0


def test_times_of_every_table_are_the_shops_own(ingest: Ingest, table: Any) -> None:
    text = "customer_id,answered_at,kind,score\na,2021-03-04T23:30:00Z,nps,9\n"
    done = ingest(LOG, tables=table("surveys", text), policies=Policies(timezone="Europe/Berlin"))
    assert str(to_pandas(done.tables[0].rows)["answered_at"][0]) == "2021-03-05 00:30:00"


@pytest.mark.parametrize("text", ["customer_id,is_test\n", "customer_id,is_test\n\n"])
def test_a_table_of_headers_is_an_empty_table(ingest: Ingest, table: Any, text: str) -> None:
    done = ingest(LOG, tables=table("customers", text))
    counts = done.counts["tables"]["customers"]
    assert (counts["status"], counts["rows_read"], counts["customers"]) == ("on", 0, 0)
    assert done.tables[0].rows.num_rows == 0


SPELLED = """customer,date,amount
A1,2021-03-04,1
a1,2021-03-05,2
b2,2021-03-06,3
B2,2021-03-07,4
c,2021-03-31,5
"""


def test_ids_in_several_spellings_are_counted_and_stay_apart(ingest: Ingest) -> None:
    done = ingest(SPELLED)
    assert done.identities["customer_id"].tolist() == ["A1", "B2", "a1", "b2", "c"]
    assert done.counts["alike_ids"] == 2


def test_one_spelling_of_a_customer_stands_for_all(ingest: Ingest, table: Any) -> None:
    customers = table("customers", "customer_id,country\nA1,DE\na1,AT\nB2,CH\n")
    done = ingest(SPELLED, tables=customers, policies=Policies(customer_ids="small_letters"))
    keys = done.identities.set_index("customer_id")["customer_key"]
    [read] = done.tables
    countries = to_pandas(read.rows).set_index("customer_key")["country"]
    assert (countries[keys["a1"]], countries[keys["b2"]]) == ("AT", "CH")
    assert read.counts["quarantined"] == 0


def test_small_letters_hold_for_every_table(ingest: Ingest, table: Any, tmp_path: Path) -> None:
    surveys = table(
        "surveys", "customer_id,answered_at,kind,score\nB2,2021-03-06,nps,9\nX9,2021-03-06,nps,1\n"
    )
    customers = table("customers", "customer_id,country,is_test\nA1 ,DE,no\nC,FR,yes\n")
    policies = replace(
        id_map(tmp_path, "x9,B2 "), customer_ids="small_letters", exclude_customers=("A?-nobody",)
    )
    done = ingest(SPELLED, tables=surveys | customers, policies=policies)
    assert done.identities["customer_id"].tolist() == ["a1", "b2"]  # c's account is a test account
    assert (done.counts["alike_ids"], len(done.orders)) == (0, 4)
    keys = done.identities.set_index("customer_id")["customer_key"]
    read = {each.contract.name: to_pandas(each.rows) for each in done.tables}
    assert read["surveys"]["customer_key"].tolist() == [keys["b2"]] * 2
    assert keys["a1"] in read["customers"]["customer_key"].tolist()
    excluded = ingest(SPELLED, policies=Policies(customer_ids="small_letters", exclude_customers=("A*",)))
    assert excluded.identities["customer_id"].tolist() == ["b2", "c"]
    assert ingest(SPELLED.replace("c,", "  ,"), policies=policies).counts["rules"] == {
        "missing_customer_id": 1
    }
