from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pipeline.report.texts import SENTENCES, WORDS
from pipeline.retention.table_kpis import table_kpis

AS_OF, HORIZON = date(2024, 7, 1), 30
START, IN, NEXT, BEFORE = (
    pd.Timestamp(day) for day in ("2024-06-01", "2024-06-15 10:00", "2024-06-16", "2024-05-15")
)
SCORES = (10, 9, 9, 9, 8, 7, 6, 0, 9, 9)
PEOPLE = [f"c{i:02}" for i in range(20)]
DOCS = Path(__file__).parents[2] / "docs" / "outputs.md"


def table(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


# Twenty customers with one order of 10 in the period; of each table also rows from before it.
ORDERS = table(
    "customer_key ordered_at amount",
    *((who, day, Decimal(10)) for who in PEOPLE for day in (pd.Timestamp("2024-01-01"), IN)),
)


def everything() -> dict[str, pd.DataFrame]:
    """Build small tables of which every figure can be counted by hand."""
    first, second = PEOPLE[:10], PEOPLE[10:]
    return {
        "returns": table(
            "customer_key ordered_at netted",
            *((who, IN, Decimal("0.5")) for who in first),
            (PEOPLE[0], BEFORE, Decimal(90)),
        ),
        "order_lines": table(
            "customer_key ordered_at amount discount",
            *((who, IN, Decimal(9), Decimal(1)) for who in PEOPLE),
            (PEOPLE[0], IN, Decimal(-9), Decimal(1)),
            (PEOPLE[0], BEFORE, Decimal(1), Decimal(99)),
        ),
        "coupon_redemptions": table(
            "customer_key redeemed_at",
            *((who, IN) for who in PEOPLE[:4]),
            (PEOPLE[0], IN),
            (PEOPLE[9], BEFORE),
            ("stranger", IN),
        ),
        "campaigns": table(
            "campaign_id starts_at ends_at",
            ("a", START, IN.normalize()),
            ("b", NEXT, None),
            ("old", BEFORE, None),
        ),
        "campaign_members": table(
            "campaign_id customer_key",
            *(("a", who) for who in first),
            *(("b", who) for who in second),
            *(("old", who) for who in PEOPLE),
        ),
        "web_events": table(
            "customer_key occurred_at event",
            *((who, IN, "cart") for who in first),  # who orders the same day
            (PEOPLE[0], IN, "checkout_start"),
            (PEOPLE[0], pd.Timestamp("2024-06-14 23:00"), "cart"),  # … or the next
            *((who, NEXT, "cart") for who in second[:9]),
            (PEOPLE[0], NEXT, "view"),
            (PEOPLE[0], pd.Timestamp("2024-05-31 12:00"), "cart"),
            *((who, pd.Timestamp("2024-06-30"), "cart") for who in PEOPLE),  # the next day is not over
        ),
        "messages": table(
            "customer_key sent_at kind bounced delivered opened_at clicked_at unsubscribed_at",
            *((who, IN, "broadcast", None, None, None, None, None) for who in first),
            *((who, IN, "triggered", False, True, NEXT, None, None) for who in first),
            (PEOPLE[0], IN, "triggered", None, None, NEXT, NEXT, NEXT),
            (PEOPLE[0], IN, "broadcast", True, None, None, None, None),
            (PEOPLE[0], IN, "transactional", None, True, NEXT, NEXT, NEXT),
            (PEOPLE[0], BEFORE, "broadcast", None, True, NEXT, NEXT, NEXT),
        ),
        "tickets": table(
            "customer_key opened_at kind first_response_at resolved_at csat",
            *((who, IN, "complaint", IN + pd.Timedelta(hours=2), NEXT, 4) for who in first),
            (PEOPLE[0], IN, "complaint", IN + pd.Timedelta(hours=13), None, None),
            (PEOPLE[0], IN, "question", None, NEXT, 5),
            (PEOPLE[0], BEFORE, "complaint", NEXT, None, 1),
        ),
        "surveys": table(
            "customer_key answered_at kind score",
            *((who, IN, "nps", score) for who, score in zip(first, SCORES, strict=True)),
            (PEOPLE[0], START, "nps", 0),  # her later answer counts
            *((who, BEFORE, "nps", 0) for who in second),
            *((who, IN, "csat", 3) for who in first),
        ),
        "loyalty_ledger": table(
            "customer_key booked_at kind points",
            *((who, IN, "earn", 100) for who in first),
            *((who, BEFORE, "welcome", 500) for who in PEOPLE),
            *((who, IN, "redeem", -5) for who in first),
            (PEOPLE[11], IN, "expire", -7),
        ),
        "referrals": table(
            "referrer_key shared_at signed_up_at",
            *((who, IN, NEXT if who < PEOPLE[3] else None) for who in first),
            (PEOPLE[0], BEFORE, NEXT),
        ),
        "subscriptions": table(
            "customer_key started_at ends_at cancelled_at",
            *((who, BEFORE, None, IN if who < PEOPLE[2] else None) for who in first),
            (PEOPLE[0], BEFORE, BEFORE, None),
            (PEOPLE[0], BEFORE, None, BEFORE),
            (PEOPLE[0], IN, None, NEXT),
        ),
    }


EXPECTED = {
    "returned": (5, 200),
    "discounts": (20, 200),
    "coupon_users": (4, 20),
    "campaign_buyers": (10, 20),
    "abandoned_carts": (10, 21),
    "messages_per_customer": (22, 10),
    "triggered_messages": (11, 22),
    "messages_opened": (11, 21),
    "messages_clicked": (1, 21),
    "unsubscribed": (1, 21),
    "complaints_per_order": (11, 20),
    "open_complaints": (1, 11),
    "first_response_hours": (33, 11),
    "ticket_satisfaction": (45, 11),
    "net_promoter_score": (6 - 2, 10),
    "promoters": (6, 10),
    "survey_satisfaction": (30, 10),
    "points_redeemed": (50, 1000),
    "active_members": (10, 20),
    "recommendations_taken": (3, 10),
    "contracts_cancelled": (2, 10),
}
SUMS = ("returns", "tickets")
OF_SALES = ("returns", "order_lines")  # the ingest leaves test accounts out of these


def figures(tables: dict[str, pd.DataFrame], orders: pd.DataFrame = ORDERS) -> dict[str, dict[str, float]]:
    found = table_kpis(orders, tables, AS_OF, HORIZON)
    return {name: ratio for ratios in found.values() for name, ratio in ratios.items()}


def test_every_figure_is_what_one_counts_by_hand() -> None:
    found = figures(everything())
    assert {name: (ratio["numerator"], ratio["denominator"]) for name, ratio in found.items()} == EXPECTED
    assert found["net_promoter_score"]["value"] == pytest.approx(0.4)
    assert found["first_response_hours"]["value"] == 3


def test_of_who_has_no_order_nothing_counts() -> None:
    """Test accounts are told by that: their orders are left out, whatever else they do."""
    tables = everything()
    keyed = {name: "referrer_key" if name == "referrals" else "customer_key" for name in tables}
    testers = {
        name: pd.concat([rows, rows.assign(**{keyed[name]: "tester"})])
        if keyed[name] in rows and name not in OF_SALES
        else rows
        for name, rows in tables.items()
    }
    assert figures(testers) == figures(tables)


def test_who_became_a_customer_by_it_does_not_count_more_than_who_did_not() -> None:
    names = ("campaigns", "campaign_members", "messages", "web_events")
    tables = {name: everything()[name] for name in names}
    prospects = [f"p{i}" for i in range(20)]
    bought = table("customer_key ordered_at amount", *((who, NEXT, Decimal(10)) for who in prospects))
    more = {
        "campaign_members": table("campaign_id customer_key", *(("a", who) for who in prospects)),
        "messages": tables["messages"][:1].merge(pd.DataFrame({"who": prospects}), how="cross"),
        "web_events": table("customer_key occurred_at event", *((who, IN, "cart") for who in prospects)),
    }
    more["messages"] = more["messages"].assign(customer_key=prospects).drop(columns="who")
    with_them = {
        name: pd.concat([rows, more[name]]) if name in more else rows for name, rows in tables.items()
    }
    assert figures(with_them, pd.concat([ORDERS, bought])) == figures(tables)


def test_the_order_of_rows_changes_nothing() -> None:
    turned = {name: rows[::-1].reset_index(drop=True) for name, rows in everything().items()}
    assert figures(turned, ORDERS[::-1]) == figures(everything())


def test_what_is_not_known_is_not_zero() -> None:
    tables = everything()
    assert figures({}) == {}
    assert figures({"campaign_members": tables["campaign_members"]}) == {}, "nobody knows when they ran"
    assert figures({"tickets": tables["tickets"].assign(kind=None, csat=None)}).keys() == {
        "first_response_hours"
    }
    unnoted = tables["messages"].assign(opened_at=pd.NaT)
    assert figures({"messages": unnoted}).keys() == EXPECTED.keys() & {
        "messages_per_customer",
        "triggered_messages",
        "messages_clicked",
        "unsubscribed",
    }
    of_strangers = tables["tickets"].assign(customer_key="a stranger")
    strangers = pd.concat([of_strangers, tables["tickets"].assign(kind=None)])
    assert "complaints_per_order" not in figures({"tickets": strangers})
    nobody = figures({"surveys": tables["surveys"][:0]})["net_promoter_score"]
    assert nobody == {"value": None, "numerator": 0, "denominator": 0}


def test_of_fewer_than_ten_customers_nothing_is_told() -> None:
    tables = everything()
    untold = dict.fromkeys(("value", "numerator", "denominator"))
    few = tables["surveys"].query("kind == 'csat'")[:9]
    assert figures({"surveys": few})["survey_satisfaction"] == untold
    one = {name: rows[rows["customer_key"] == PEOPLE[0]] for name, rows in tables.items() if name in SUMS}
    assert figures({"returns": one["returns"]})["returned"] == untold, "of twenty who ordered"
    booked = tables["loyalty_ledger"].query("kind != 'redeem' or customer_key == @PEOPLE[0]")
    assert figures({"loyalty_ledger": booked})["points_redeemed"] == untold, "of twenty members"
    reduced = tables["order_lines"].query("customer_key == @PEOPLE[0]")
    sold = pd.concat([reduced, tables["order_lines"].assign(discount=Decimal(0))])
    assert figures({"order_lines": sold})["discounts"] == untold, "of twenty who ordered"
    assert (
        figures({"tickets": one["tickets"]}, ORDERS.assign(ordered_at=BEFORE))["complaints_per_order"]
        == untold
    )


def test_every_figure_has_words_in_report_and_docs() -> None:
    assert EXPECTED.keys() == WORDS["table_kpi"].keys()
    assert {f"table_kpi.{name}" for name in EXPECTED} <= SENTENCES.keys()
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in EXPECTED if f"`{name}`" not in text] == []
