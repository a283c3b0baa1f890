"""The optional tables: rules, quarantine, keys, counts that add up."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.tables.contracts import ALL_QUARANTINED, OPTIONAL, check
from pipeline.tables.ingest import Ingested
from pipeline.tables.io import all_or_nothing, rounded
from pipeline.tables.optional import tables as optional
from tests.tables.optional_tables import Read, broken, keys, one_row, rows

# Values

MESSAGES = "message_id,customer_id,sent_at,channel,kind,delivered,opened_at,campaign_id\n"


def test_values_are_typed_and_ids_become_keys(read: Read) -> None:
    text = (
        MESSAGES
        + "m1,a,04.03.2023 10:00,Email,BROADCAST,ja,04.03.2023 11:00,spring\nm2,z,05.03.2023,sms,,0,,\n"
    )
    table = read(messages=text)["messages"]
    frame = rows(table).set_index("customer_key").loc[keys("a", "z")]
    assert "message_id" not in frame
    assert frame["sent_at"].tolist() == [pd.Timestamp("2023-03-04 10:00"), pd.Timestamp("2023-03-05")]
    assert frame["channel"].tolist() == ["email", "sms"]
    assert frame["delivered"].tolist() == [True, False]
    assert frame["campaign_id"].isna().tolist() == [False, True]
    assert table.counts["unknown"] == {"customer_id": 1}
    assert table.counts["not_looked_up"] == ["campaign_id"]
    assert table.counts["read_as"]["sent_at"] == "dd.mm.yyyy"


@pytest.mark.parametrize("name", OPTIONAL)
def test_every_table_keeps_its_contract(read: Read, name: str) -> None:
    others = {"campaigns": one_row("campaigns")} if "campaigns" in OPTIONAL[name].needs else {}
    table = read(**{name: one_row(name)}, **others)[name]
    frame = rows(table)
    check(frame, OPTIONAL[name].as_written())
    assert len(frame) == 1
    assert frame.notna().all(axis=None), frame.T
    assert table.counts["columns_off"] == []


@pytest.mark.parametrize("name", OPTIONAL)
def test_the_required_columns_alone_are_enough(read: Read, name: str) -> None:
    frame = pd.read_csv(StringIO(one_row(name)), dtype=str)
    required = [column.name for column in OPTIONAL[name].columns if not column.nullable]
    others = {"campaigns": one_row("campaigns")} if "campaigns" in OPTIONAL[name].needs else {}
    table = read(**{name: frame[required].to_csv(index=False)}, **others)[name]
    check(rows(table), OPTIONAL[name].as_written())
    assert table.counts["accepted"] == 1
    assert len(table.counts["columns_off"]) == len(OPTIONAL[name].columns) - len(required)


# A table's header and a row that is good, then rows that are not.
GOOD = {
    "surveys": "customer_id,answered_at,kind,score\na,2023-01-01,nps,10\n",
    "returns": "customer_id,returned_at,amount\na,2023-01-01,5\n",
    "customers": "customer_id,is_test,country\nb,,\n",
    "referrals": "referrer_id,shared_at,signed_up_at,referee_id\na,2023-01-01,2023-01-02,b\n",
    "loyalty_ledger": "customer_id,booked_at,kind,points\na,2023-01-01,redeem,-5\n",
    "tickets": "customer_id,opened_at,resolved_at\na,2023-01-01,2023-01-01\n",
}


@pytest.mark.parametrize(
    ("name", "row", "column", "rule"),
    [
        ("surveys", ",2023-01-01,nps,9", "customer_id", "missing_value"),
        ("surveys", "NULL,2023-01-01,nps,9", "customer_id", "missing_value"),
        ("surveys", "a,,nps,9", "answered_at", "missing_value"),
        ("surveys", "a,soon,nps,9", "answered_at", "unreadable_date"),
        ("surveys", "a,1901-01-01,nps,9", "answered_at", "date_too_old"),
        ("surveys", "a,2023-01-01,nps,11", "score", "above_maximum"),
        ("surveys", "a,2023-01-01,nps,-1", "score", "below_minimum"),
        ("surveys", "a,2023-01-01,nps,7.5", "score", "not_whole"),
        ("surveys", "a,2023-01-01,nps,many", "score", "unreadable_number"),
        ("surveys", "a,2023-01-01,csat,0", "score", "not_a_csat_score"),
        ("surveys", "a,2023-01-01,mood,9", "kind", "not_allowed"),
        ("returns", "z,2023-01-01,5", "customer_id", "unknown_reference"),
        ("returns", "a,2023-01-01,9e11", "amount", "out_of_range"),
        ("returns", "a,2023-01-01,inf", "amount", "unreadable_number"),
        ("customers", "a,perhaps,DE", "is_test", "unreadable_flag"),
        ("customers", "a,no,ann@shop.example", "country", "email_address"),
        ("customers", "a,no," + "x" * 101, "country", "free_text"),
        ("referrals", "a,2023-01-01,2023-01-02,a", "referee_id", "self_referral"),
        ("loyalty_ledger", "a,2023-01-01,redeem,5", "points", "wrong_sign"),
        ("tickets", "a,2023-01-02,2023-01-01", "resolved_at", "before_it_was_opened"),
    ],
)
def test_a_row_that_breaks_a_rule_is_told_by_line_column_and_rule(
    read: Read, name: str, row: str, column: str, rule: str
) -> None:
    table = read(**{name: f"{GOOD[name]}{row}\n"})[name]
    assert broken(table) == [(3, column, rule)]
    assert table.counts["rules"] == {rule: 1}
    assert (table.counts["accepted"], table.counts["quarantined"]) == (1, 1)


def test_the_quarantine_names_the_column_in_both_words_and_never_the_value(read: Read) -> None:
    text = "kunde,land\na,secret@shop.example\nb,DE\n"
    columns = {"customers": {"customer_id": "kunde", "country": "land", "created_at": None}}
    table = read(columns=columns, customers=text)["customers"]
    assert table.quarantine[["column", "our_column"]].to_numpy().tolist() == [["land", "country"]]
    assert table.quarantine["source"].tolist() == ["customers.csv"]
    assert "secret" not in table.quarantine.to_csv() + json.dumps(rounded(table.counts))


def test_a_row_that_cannot_be_split_is_counted_too(read: Read) -> None:
    table = read(customers="customer_id,country\na,DE\nb,DE,x\nc\n")["customers"]
    assert broken(table) == [(3, "", "too_many_columns"), (4, "", "too_few_columns")]
    assert table.counts["rows_read"] == 3


def test_the_shops_own_words_are_turned_into_ours(read: Read) -> None:
    text = MESSAGES + "m1,a,2023-01-01,E-Mail,Customer's flow,,,\nm2,a,2023-01-02,sms,flow,,,\n"
    words = {"channel": {"e-mail": "email"}, "kind": {"Customer's Flow": "triggered"}}
    table = read(words=words, messages=text)["messages"]
    assert rows(table)[["channel", "kind"]].to_numpy().tolist() == [["email", "triggered"]]
    assert broken(table) == [(3, "kind", "not_allowed")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"kind": {"flow": "automatic"}}, "flow cannot mean 'automatic'.*\n.*broadcast, triggered"),
        ({"sent_at": {"x": "y"}}, "sent_at is not a column with a list of values.*\n.*channel, kind"),
    ],
)
def test_words_that_cannot_be_are_errors(read: Read, words: Any, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(words=words, messages=MESSAGES + "m1,a,2023-01-01,sms,flow,,,\n")


# Keys and references


def test_equal_rows_are_merged_and_contradictions_all_go(read: Read) -> None:
    table = read(customers="customer_id,country\na,DE\na,DE\nb,DE\nb,AT\nc,CH\n")["customers"]
    assert rows(table)["country"].tolist() == [
        c for _, c in sorted(zip(keys("a", "c"), ["DE", "CH"], strict=True))
    ]
    assert broken(table) == [(4, "customer_id", "duplicate_key"), (5, "customer_id", "duplicate_key")]
    assert {k: table.counts[k] for k in ("rows_read", "accepted", "quarantined", "merged")} == {
        "rows_read": 5,
        "accepted": 2,
        "quarantined": 2,
        "merged": 1,
    }


def test_rows_may_repeat_where_there_is_no_key_or_it_is_empty(read: Read) -> None:
    events = "customer_id,occurred_at,event\n" + "a,2023-01-01,view\n" * 3
    messages = "message_id,customer_id,sent_at,channel\n" + ",a,2023-01-01,sms\n" * 3
    tables = read(web_events=events, messages=messages)
    assert [tables[name].counts["accepted"] for name in ("web_events", "messages")] == [3, 3]


def test_a_customer_is_known_from_orders_or_from_the_customers_table(read: Read) -> None:
    returns = "customer_id,returned_at,amount\na,2023-01-01,1\nnew,2023-01-01,1\nx,2023-01-01,1\n"
    customers = "customer_id,created_at\nnew,2022-01-01\n"
    tables = read(returns=returns, customers=customers)
    assert broken(tables["returns"]) == [(4, "customer_id", "unknown_reference")]
    assert tables["customers"].counts["unknown"] == {"customer_id": 1}


def test_the_same_id_has_the_same_key_everywhere(read: Read) -> None:
    tables = read(
        order_lines="order_id,customer_id,ordered_at,product_id,amount\n7,a,2023-01-01,p,5\n",
        returns="order_id,customer_id,returned_at,amount\n7,a,2023-01-02,5\n",
        referrals="referrer_id,shared_at,signed_up_at,referee_id\na,2023-01-01,2023-01-02,b\n",
    )
    line, returned, referral = (
        rows(tables[name]).iloc[0] for name in ("order_lines", "returns", "referrals")
    )
    assert line["order_key"] == returned["order_key"]
    assert line["order_key"][1:] != keys("7")[0][1:]
    assert [referral["referrer_key"], referral["referee_key"]] == keys("a", "b")
    assert line["customer_key"] == returned["customer_key"] == keys("a")[0]


# Errors


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"customer_id": "k", "email": "m"},
            ["sources.customers.columns.email", "no column 'email'", "customer_id, "],
        ),
        ({"customer_id": "k", "contry": "m"}, ["did you mean country?"]),
        ({"country": "m"}, ["needs the column customer_id", "sources.customers.columns"]),
        ({"customer_id": "k", "country": "land"}, ["no column 'land'", "k, m"]),
    ],
)
def test_a_wrong_mapping_is_an_error_that_names_the_columns(
    read: Read, columns: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(UserError) as caught:
        read(columns={"customers": columns}, customers="k,m\na,DE\n")
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_column_that_would_be_the_same_in_every_row_is_written_by_a_query(read: Read) -> None:
    with pytest.raises(UserError, match="surveys needs the column kind") as caught:
        read(surveys="customer_id,answered_at,score\na,2023-01-01,5\n")
    query = str(caught.value.valid).partition("query: ")[2]
    assert query.startswith("SELECT *, 'nps' AS kind FROM read_csv('")


def test_too_many_words_of_the_shops_own_are_asked_for(read: Read) -> None:
    names = {"customer_id": "customer_id", "answered_at": "answered_at", "kind": "art", "score": "score"}
    text = "customer_id,answered_at,art,score\na,2023-01-01,Umfrage,5\n"
    with pytest.raises(UserError, match="not_allowed 1") as caught:
        read(max_share=0.5, columns={"surveys": names}, surveys=text)
    valid = str(caught.value.valid)
    assert valid.startswith("tell under words.kind what the words of art mean (not one of nps, csat), put")


def test_rows_of_strangers_are_told_what_they_lack(read: Read) -> None:
    text = "customer_id,returned_at,amount\na,2021-03-04,5\nstranger,2021-03-05,6\n"
    with pytest.raises(UserError, match="unknown_reference 1") as caught:
        read(returns=text, max_share=0.05)
    assert "deliver what customer_id refers to, such as orders from as far back" in str(caught.value)
    assert "stranger" not in str(caught.value)


def test_a_value_needs_the_time_from_which_it_is_known(read: Read) -> None:
    with pytest.raises(UserError, match="csat needs the column resolved_at"):
        read(tickets="customer_id,opened_at,csat\na,2023-01-01,5\n")


def test_a_table_without_a_time_needs_the_one_that_has_it(read: Read) -> None:
    with pytest.raises(UserError, match=r"needs the table campaigns"):
        read(campaign_members="campaign_id,customer_id\nold,a\n")


def test_too_many_bad_rows_in_one_table_stop_the_run(read: Read) -> None:
    text = "customer_id,is_test\na,no\nb,no\nc,secret\n"
    assert read(max_share=0.34, customers=text)["customers"].counts["quarantined"] == 1
    with pytest.raises(UserError) as caught:
        read(max_share=0.33, customers=text)
    assert "sources.customers.path" in str(caught.value)
    assert "customers.csv:4 is_test unreadable_flag, text of 6 characters" in str(caught.value)


# Together


def test_the_written_folder_holds_the_tables_and_nothing_else(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    both = read(customers="customer_id\na\n", products="product_id\np\n")
    optional.write(list(both.values()), folder)
    assert sorted(file.name for file in folder.iterdir()) == [
        "customers.parquet",
        "products.parquet",
        "tables.json",
    ]
    with pytest.raises(ZeroDivisionError), all_or_nothing():
        assert 1 / len([optional.write([], folder)][1:])
    assert len(list(folder.iterdir())) == 3
    with all_or_nothing():
        optional.write([both["products"]], folder)
    assert sorted(file.name for file in folder.iterdir()) == ["products.parquet", "tables.json"]
    assert json.loads((folder / "tables.json").read_text()) == {"products": 1}


def test_the_summary_says_what_is_on_and_what_is_off(read: Read) -> None:
    said = optional.summary(list(read(customers="customer_id,country\na,DE\n").values()))
    assert list(said) == list(OPTIONAL)
    assert said["surveys"] == {"status": "off", "feeds": list(OPTIONAL["surveys"].feeds)}
    assert (said["customers"]["status"], said["customers"]["accepted"]) == ("on", 1)
    assert "account_type" in said["customers"]["columns_off"]


def test_one_quarantine_for_all_tables(read: Read) -> None:
    bad = read(customers="customer_id\na\n,\n").get("customers")
    assert bad is not None
    nothing = bad.quarantine.head(0)
    done = Ingested(nothing, nothing, nothing, nothing, {}, date(2024, 1, 1), [bad])
    joined = done.all_quarantined()
    check(joined, ALL_QUARANTINED)
    assert joined["table"].tolist() == ["customers"]
    check(replace(done, tables=[]).all_quarantined(), ALL_QUARANTINED)


FIELDS = {
    "customer_id": ["a", "b", "c", "d", "", "null"],
    "sent_at": ["2023-01-01", "2023-05-01 10:00", "2023-11-01", "", "never"],
    "channel": ["email", "SMS", "pigeon", ""],
    "opened_at": ["", "2023-05-02", "2022-01-01", "x"],
    "message_id": ["", "1", "2", "3"],
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(*(st.sampled_from(values) for values in FIELDS.values())), min_size=1, max_size=25
    ),
    seed=st.integers(0, 99),
)
def test_any_mixture_adds_up_and_its_order_does_not_matter(
    read: Read, lines: list[tuple[str, ...]], seed: int
) -> None:
    def text(some: list[tuple[str, ...]]) -> str:
        kept = [("a", "2023-01-01", "email", "2023-01-02", "first"), *some]
        return "\n".join(map(",".join, [tuple(FIELDS), *kept])) + "\n"

    shuffled = random.Random(seed).sample(lines, len(lines))
    first, second = (
        read(as_of=date(2023, 6, 1), messages=text(some))["messages"] for some in (lines, shuffled)
    )
    counts = first.counts
    assert counts["rows_read"] == len(lines) + 1
    assert counts["rows_read"] == sum(counts[f] for f in ("accepted", "quarantined", "after_as_of", "merged"))
    assert counts["accepted"] == first.rows.num_rows
    assert counts["quarantined"] == len(first.quarantine)
    assert first.rows.equals(second.rows)
    assert first.counts["rules"] == second.counts["rules"]
