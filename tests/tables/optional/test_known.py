"""The optional tables as of a day: what came later is hidden, and changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.tables.contracts import OPTIONAL
from tests.tables.optional_tables import Read, keys, one_row, rows


def test_rows_at_or_after_the_as_of_date_are_hidden_before_they_are_judged(read: Read) -> None:
    text = "customer_id,occurred_at,event\na,2023-01-01,view\na,2023-01-02,view\na,2023-01-03,broken\n"
    counts = read(as_of=date(2023, 1, 2), web_events=text)["web_events"].counts
    assert (counts["accepted"], counts["after_as_of"], counts["quarantined"]) == (1, 2, 0)
    assert (counts["first_on"], counts["last_on"]) == (date(2023, 1, 1), date(2023, 1, 1))


def test_what_happened_later_to_a_row_that_is_seen_is_hidden(read: Read) -> None:
    text = "customer_id,opened_at,resolved_at,csat\na,2023-01-01,2023-01-02,5\nb,2023-01-01,2023-01-05,1\n"
    seen = rows(read(as_of=date(2023, 1, 4), tickets=text)["tickets"]).set_index("customer_key")
    assert seen.loc[keys("a", "b"), "csat"].fillna(-1).tolist() == [5, -1]
    assert seen.loc[keys("a", "b"), "resolved_at"].isna().tolist() == [False, True]


def test_a_planned_end_may_lie_ahead(read: Read) -> None:
    text = "customer_id,started_at,ends_at,cancelled_at\na,2023-01-01,2024-12-31,2023-06-01\n"
    seen = rows(read(as_of=date(2023, 3, 1), subscriptions=text)["subscriptions"])
    assert seen["ends_at"].tolist() == [pd.Timestamp("2024-12-31")]
    assert seen["cancelled_at"].isna().all()


def test_a_row_that_refers_to_a_hidden_one_is_hidden(read: Read) -> None:
    campaigns = "campaign_id,starts_at\nold,2023-01-01\nnew,2023-06-01\n"
    members = "campaign_id,customer_id\nold,a\nnew,b\nnone,c\n"
    counts = read(as_of=date(2023, 3, 1), campaigns=campaigns, campaign_members=members)[
        "campaign_members"
    ].counts
    assert (counts["accepted"], counts["after_as_of"], counts["rules"]) == (1, 1, {"unknown_reference": 1})


@pytest.mark.parametrize("name", [n for n, c in OPTIONAL.items() if c.event_time and not c.is_binding])
def test_the_future_changes_nothing(read: Read, tmp_path: Path, name: str) -> None:
    past = one_row(name)
    later = past.splitlines()[1].replace("2023-03-04", "2023-08-01").replace("x1", "x2").replace("1.5", "77")
    before, after = (
        read(as_of=date(2023, 6, 1), **{name: text})[name] for text in (past, f"{past}{later}\n")
    )
    assert before.rows.equals(after.rows)
    assert after.counts["after_as_of"] == 1


TICKETS = "ticket_id,customer_id,opened_at,resolved_at,csat\n"


@pytest.mark.parametrize("later", ["2023-08-01,5", "2023-08-01,9", "2023-08-01,good"])
def test_what_comes_later_does_not_change_what_becomes_of_a_row(read: Read, later: str) -> None:
    then, now = (
        read(as_of=date(2023, 6, 1), tickets=f"{TICKETS}t,a,2023-01-01,{end}\n")["tickets"]
        for end in (",", later)
    )
    assert then.rows.equals(now.rows)
    assert now.counts["accepted"] == 1


def test_a_row_and_its_later_self_are_one(read: Read) -> None:
    text = TICKETS + "t,a,2023-01-01,,\nt,a,2023-01-01,2023-08-01,5\n"
    seen, whole = (
        read(as_of=day, tickets=text)["tickets"].counts for day in (date(2023, 6, 1), date(2024, 1, 1))
    )
    assert (seen["accepted"], seen["merged"]) == (1, 1)
    assert whole["rules"] == {"duplicate_key": 2}


def test_who_signs_up_later_does_not_hide_the_recommendation(read: Read) -> None:
    customers = "customer_id,created_at\nnew,2023-08-01\n"
    referrals = "referrer_id,shared_at,signed_up_at,referee_id\na,2023-01-01,2023-08-01,new\n"
    table = read(as_of=date(2023, 6, 1), customers=customers, referrals=referrals)["referrals"]
    assert rows(table)["referee_key"].isna().tolist() == [True]
    assert table.counts["unknown"] == {"referrer_id": 0, "referee_id": 0}
