"""What a shop decides about its log is done as it says, and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UserError
from pipeline.tables.orders.policies import Policies
from pipeline.tables.rules import LEFT_OUT
from tests.tables.conftest import AUTO, LOG, NOWHERE, Ingest, amounts, decided, log_of

# Duplicates


def test_two_equal_rows_may_be_two_orders_unless_told_otherwise(ingest: Ingest) -> None:
    content = log_of("a,2021-03-04,5", "a,2021-03-04,5", "a,2021-03-04,5", "b,2021-03-04,5")
    kept, dropped = ingest(content), ingest(content, policies=Policies(duplicates="drop_exact"))
    assert (len(kept.orders), decided(kept)["duplicates"]) == (4, 0)
    assert (len(dropped.orders), decided(dropped)["duplicates"]) == (2, 2)
    assert dropped.counts["sources"][LOG]["duplicates"] == 2


def test_rows_that_differ_in_a_mapped_column_are_no_duplicates(ingest: Ingest) -> None:
    content = log_of("a,2021-03-04,5,1,x", "a,2021-03-04,5,2,x", "a,2021-03-04,5,2,y", extra=",no,note")
    done = ingest(content, order_id="no", policies=Policies(duplicates="drop_exact"))
    assert amounts(done) == [5.0, 5.0]
    assert decided(done)["duplicates"] == 1
    done = ingest(content, order_id="no", status="note", policies=Policies(duplicates="drop_exact"))
    assert decided(done)["duplicates"] == 0


def test_the_first_of_the_files_keeps_its_row(ingest: Ingest) -> None:
    files = {f"data/raw/orders-{n}.csv": log_of("a,2021-03-04,5").encode() for n in (1, 2)}
    done = ingest(files, path="data/raw/orders-*.csv", policies=Policies(duplicates="drop_exact"))
    assert [file["duplicates"] for file in done.counts["sources"].values()] == [0, 1]


def test_an_order_id_shared_by_customers_is_reported(ingest: Ingest) -> None:
    done = ingest(
        log_of("a,2021-03-04,5,1", "b,2021-03-04,6,1", "b,2021-03-05,6,2", extra=",no"), order_id="no"
    )
    assert decided(done)["order_ids_of_several_customers"] == 1
    assert decided(done)["orders_with_such_ids"] == 2
    assert len(done.orders) == 3


# Rows without a customer, cancelled orders, test accounts, orders of zero


def test_cancelled_rows_are_left_out_in_any_case(ingest: Ingest) -> None:
    content = log_of("a,2021-03-04,5,Storniert", "a,2021-03-05,6,paid", "a,2021-03-06,7,", extra=",state")
    policy = Policies(cancelled_status=("STORNIERT", "cancelled"))
    done = ingest(content, status="state", policies=policy)
    assert (amounts(done), decided(done)["cancelled"], done.counts["left_out"]) == ([6.0, 7.0], 1, 1)
    assert len(ingest(content, policies=policy).orders) == 3  # without a mapped column nothing is cancelled


def test_what_is_left_out_of_the_log_is_no_fault_of_its_lines(ingest: Ingest) -> None:
    kept = "a,2021-03-01,1,5,paid\na,2021-03-31,2,5,void\n"
    others = "test-1,2021-03-04,3,5,paid\nb,2021-03-05,4,5,void\nNULL,2021-03-06,5,5,paid\n"
    strangers = "c,2021-03-07,6,x,paid\n"
    text = "customer_id,ordered_at,order_id,amount,state\n" + kept + others + strangers
    names = ["customer_id", "ordered_at", "order_id", "amount"]
    lines = SimpleNamespace(path=LOG, columns={name: name for name in names}, words={}, **NOWHERE, **AUTO)
    policies = Policies(
        exclude_customers=("test-*",), cancelled_status=("void",), missing_customer_id="leave_out"
    )
    own = {
        "customer_id": "customer_id",
        "ordered_at": "ordered_at",
        "order_id": "order_id",
        "status": "state",
    }
    done = ingest(text, policies=policies, tables={"order_lines": lines}, as_of=date(2021, 4, 1), **own)
    counts = done.counts["tables"]["order_lines"]
    assert (done.counts["left_out"], len(done.orders)) == (4, 1)
    assert [counts[fate] for fate in ("rows_read", "accepted", "left_out", "quarantined")] == [6, 2, 3, 1]
    assert counts["rules"] == {"unreadable_number": 1}
    faults = replace(policies, missing_customer_id="quarantine")
    done = ingest(text, policies=faults, tables={"order_lines": lines}, as_of=date(2021, 4, 1), **own)
    assert done.counts["tables"]["order_lines"]["rules"] == {"missing_value": 1, "unreadable_number": 1}


def test_sales_to_nobody_known_are_faults_unless_told_otherwise(ingest: Ingest) -> None:
    content = log_of("a,2021-03-04,5", ",2021-03-04,6", "NULL,2021-03-05,-6", ",2021-03-05,x")
    with pytest.raises(UserError, match="missing_customer_id 3") as caught:
        ingest(content, max_share=0.5)
    assert "ingest.missing_customer_id: leave_out" in (caught.value.valid or "")
    done = ingest(content, max_share=0.5, policies=Policies(missing_customer_id="leave_out"))
    assert (amounts(done), len(done.returns), decided(done)["missing_customer_id"]) == ([5.0], 0, 2)
    assert done.quarantine["rule"].tolist() == ["unreadable_amount"]
    assert done.identities["customer_id"].tolist() == ["a"]


@pytest.mark.parametrize("typed", ["", '"€ 5"'], ids=["plain amounts", "amounts to look up"])
def test_a_row_without_any_value_is_no_fault(ingest: Ingest, typed: str) -> None:
    rows = ["a,2021-03-04,1,x,7,web", ",,,a note,,", ",,,,,", ",,,,7,", "b,2021-03-05,,,,", ",2021-03-05,,,,"]
    rows += [",,,,,web", "NULL,,,,,", ",yesterday,,,,"]
    content = log_of(*rows, f"c,2021-03-06,{typed or 5},x,8,", extra=",note,no,channel")
    done = ingest(content, order_id="no", channel="channel")
    assert sorted(amounts(done)) == [1.0, 5.0]
    assert (decided(done)["empty_rows"], done.counts["left_out"]) == (2, 2)
    assert done.quarantine["line"].tolist() == [5, 6, 7, 8, 9, 10]
    assert done.counts["rows_read"] == 10


def test_test_accounts_are_left_out_by_flag_and_by_pattern(ingest: Ingest, tmp_path: Path) -> None:
    rows = ["a,2021-03-04,1,no", "b,2021-03-04,2,Ja", "test-1,2021-03-04,3,", "[x],2021-03-04,4,0"]
    content = log_of(*rows, extra=",test")
    staff = tmp_path / "data/raw/staff.txt"
    staff.parent.mkdir(parents=True)
    staff.write_text("\ufeff[[]x]\n\n", encoding="utf-8")
    policy = Policies(exclude_customers=("test-*", "file:data/raw/staff.txt"))
    done = ingest(content, is_test="test", policies=policy)
    assert (amounts(done), decided(done)["test_accounts"]) == ([1.0], 3)
    assert done.identities["customer_id"].tolist() == ["a"]


def test_a_flag_that_is_neither_yes_nor_no_is_quarantined(ingest: Ingest) -> None:
    done = ingest(log_of("a,2021-03-04,1,no", "b,2021-03-04,2,perhaps", extra=",test"), is_test="test")
    row = done.quarantine.iloc[0]
    assert (row["rule"], row["column"], row["our_column"], row["value_class"]) == (
        "unreadable_flag",
        "test",
        "is_test",
        "text of 7 characters",
    )


def test_a_list_that_is_not_there_is_named(ingest: Ingest) -> None:
    with pytest.raises(UserError, match=r"ingest.exclude_customers: nobody.txt cannot be read"):
        ingest(log_of("a,2021-03-04,1"), policies=Policies(exclude_customers=("file:nobody.txt",)))


def test_an_order_of_zero_stays_unless_told_otherwise(ingest: Ingest) -> None:
    content = log_of(
        "a,2021-03-04,5,1", "a,2021-03-05,3,2", "a,2021-03-05,-3,2", "a,2021-03-06,0,3", extra=",no"
    )
    kept = ingest(content, order_id="no")
    dropped = ingest(content, order_id="no", policies=Policies(zero_amount="drop"))
    assert (amounts(kept), kept.counts["zero_amount_orders"]) == ([5.0, 0.0, 0.0], 2)
    assert (amounts(dropped), dropped.counts["zero_amount_orders"]) == ([5.0], 0)
    assert decided(dropped)["zero_amount_dropped"] == 2


# What is reported, never acted on


def test_outliers_are_reported_and_stay(ingest: Ingest) -> None:
    rows = [f"c{n},2021-03-{1 + n % 28:02d},{10 + n % 7}" for n in range(100)]
    done = ingest(log_of(*rows, "big,2021-03-04,99999"))
    assert done.counts["outliers"] == {
        "median_order": 13.0,
        "largest_order": 99999.0,
        "p999": 99999.0,
        "robust_limit": pytest.approx(55, rel=0.5),
        "orders_above_limit": 1,
    }
    assert done.orders["amount"].max() == 99999
    assert ingest(log_of("a,2021-03-04,5")).counts["outliers"]["robust_limit"] is None


def births(first_weeks: int, later: int, weeks: int = 30) -> str:
    days = pd.date_range("2021-01-04", periods=weeks, freq="7D")
    rows = [
        f"c{week}-{n},{day:%Y-%m-%d},5"
        for week, day in enumerate(days)
        for n in range(first_weeks if week < 4 else later)
    ]
    return log_of(*rows, f"c0-0,{days[-1] + pd.Timedelta(days=6):%Y-%m-%d},5")


@pytest.mark.parametrize(
    ("first_weeks", "later", "settled_on"),
    [(50, 10, "2021-02-01"), (12, 10, None), (10, 50, None), (50, 0, None), (5, 1, None)],
)
def test_a_log_that_starts_in_the_middle_of_lives_is_noticed(
    ingest: Ingest, first_weeks: int, later: int, settled_on: str | None
) -> None:
    found = ingest(births(first_weeks, later)).counts["left_truncation"]
    assert found == {
        "suspected": settled_on is not None,
        "first_orders_per_week_at_start": first_weeks,
        "first_orders_per_week_later": later,
        "settled_on": settled_on,
    }


def test_a_short_log_says_nothing_about_its_start(ingest: Ingest) -> None:
    assert ingest(births(50, 1, weeks=15)).counts["left_truncation"]["first_orders_per_week_later"] is None


# Any mixture, any policy

CHOICES = st.builds(
    Policies,
    returns=st.sampled_from(["match", "net_by_day", "drop"]),
    returns_from=st.sampled_from(["both", "log", "table"]),
    duplicates=st.sampled_from(["keep", "drop_exact", "drop_repeated_order"]),
    zero_amount=st.sampled_from(["keep", "drop"]),
    missing_customer_id=st.sampled_from(["quarantine", "leave_out"]),
    cancelled_status=st.sampled_from([(), ("void",)]),
    exclude_customers=st.sampled_from([(), ("t*",)]),
    timezone=st.sampled_from([None, "Asia/Tokyo"]),
    currency=st.just("EUR"),
)
ROWS = st.tuples(
    st.sampled_from(["a", "b", "t1", ""]),
    st.sampled_from(["2021-01-04", "2021-03-03", "2021-03-04T23:00Z", "2021-04-01", "2031-01-01", "x"]),
    st.sampled_from(["5", "5", "-5", "2.5", "-9", "0", "x"]),
    st.sampled_from(["1", "2", ""]),
    st.sampled_from(["paid", "void", ""]),
    st.sampled_from(["yes", "no", "", "hm"]),
    st.sampled_from(["EUR", "EUR", ""]),
).map(",".join)
OPTIONAL = {"order_id": "no", "status": "state", "is_test": "test", "currency": "currency"}


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROWS, max_size=20),
    policies=CHOICES,
    mapped=st.sets(st.sampled_from(sorted(OPTIONAL))),
    as_of=st.sampled_from(["latest", date(2021, 3, 8)]),
)
def test_any_mixture_under_any_policy_is_accounted_for(
    ingest: Ingest, rows: list[str], policies: Policies, mapped: set[str], as_of: Any
) -> None:
    good = ["a,2021-01-01,1,8,paid,no,EUR", "a,2021-05-05,2.5,9,paid,no,EUR"]
    done = ingest(
        log_of(*good, *rows, extra=",no,state,test,currency"),
        as_of=as_of,
        policies=policies,
        **{role: OPTIONAL[role] for role in mapped},
    )
    counts, policy_counts = done.counts, decided(done)
    left_out = sum(policy_counts[policy] for policy in LEFT_OUT)
    assert counts["rows_read"] == 2 + len(rows)
    assert counts["rows_read"] == sum(
        counts[kind] for kind in ("accepted_rows", "quarantined", "after_as_of")
    ) + (left_out)
    assert counts["accepted_rows"] == (
        counts["orders"] + counts["returns"] + counts["merged_lines"] + policy_counts["zero_amount_dropped"]
    )
    assert sum(policy_counts["returns"]["matched_by"].values()) == len(done.returns)
    taken = done.returns.groupby(["customer_key", "ordered_at"])["netted"].sum()
    paid = done.orders.groupby(["customer_key", "ordered_at"])["amount"].sum()
    by_day = done.orders.groupby(["customer_key", done.orders["ordered_at"].dt.normalize()])["amount"].sum()
    for (customer, moment), amount in taken.items():
        day = pd.Timestamp(moment).normalize()
        limit = by_day[customer, day] if policies.returns == "net_by_day" else paid[customer, moment]
        assert 0 <= amount <= limit
