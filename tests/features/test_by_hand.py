"""The features of the optional tables, worked out by hand for one customer at one cutoff."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log

import pandas as pd
import pytest

from pipeline.features import customer_days, snapshot

CUTOFF, HORIZON_DAYS = date(2024, 3, 1), 30  # two horizons reach back to 2024-01-01
TIMES = ("ordered_at", "sent_at", "opened_at", "clicked_at", "unsubscribed_at", "complained_at")
TIMES += ("occurred_at", "resolved_at", "answered_at", "booked_at", "changed_at", "shared_at")
TIMES += ("first_order_at", "starts_at", "ends_at", "redeemed_at", "created_at")


def rows(columns: str, *values: tuple[object, ...]) -> pd.DataFrame:
    """A table; its times are written as text."""
    table = pd.DataFrame(list(values), columns=columns.split())
    for name in table.columns.intersection(TIMES):
        table[name] = pd.to_datetime(table[name], format="ISO8601")
    return table


def money(*amounts: str) -> list[Decimal]:
    return [Decimal(amount).quantize(Decimal("0.0001")) for amount in amounts]


ORDERS = rows(
    "customer_key ordered_at channel lines",
    ("a", "2023-10-01 10:00", "web", 1),
    ("a", "2023-12-01 10:00", "web", 1),
    ("a", "2024-01-15 10:00", "shop", 1),
    ("a", "2024-02-20 10:00", "shop", 1),
    ("a", "2024-03-01 00:00", "phone", 1),
    ("b", "2024-01-01 10:00", None, 1),
).assign(amount=money("40", "30", "20", "10", "99", "5"))

TABLES = {
    "messages": rows(
        "customer_key sent_at opened_at clicked_at unsubscribed_at complained_at",
        ("a", "2023-11-01 08:00", "2023-11-02 08:00", None, "2023-11-02 09:00", None),
        ("a", "2024-01-20 08:00", "2024-02-20 08:00", "2024-02-20 08:01", None, None),
        ("a", "2024-02-10 08:00", "2024-02-11 08:00", "2024-03-02 08:00", None, None),
        ("a", "2024-02-28 08:00", "2024-03-01 00:00", None, None, "2024-03-01 00:00"),
        ("a", "2024-03-01 00:00", None, None, None, None),
    ),
    "web_events": rows(
        "customer_key event occurred_at",
        ("a", "view", "2023-12-31 10:00"),
        ("a", "cart", "2024-01-10 10:00"),
        ("a", "cart", "2024-02-10 10:00"),
        ("a", "checkout_start", "2024-02-10 10:05"),
        ("a", "checkout_abandon", "2024-02-10 10:06"),
    ),
    "tickets": rows(
        "customer_key opened_at kind resolved_at csat",
        ("a", "2023-06-01 09:00", "complaint", "2023-06-02 09:00", 1),
        ("a", "2024-02-01 09:00", "question", "2024-02-02 09:00", 4),
        ("a", "2024-02-20 09:00", "complaint", "2024-03-02 09:00", 5),
    ),
    "surveys": rows(
        "customer_key answered_at kind score",
        ("a", "2023-05-01 09:00", "nps", 10),
        ("a", "2024-01-01 09:00", "nps", 7),
        ("a", "2024-01-01 09:00", "nps", 3),
        ("a", "2024-01-05 09:00", "csat", 2),
    ),
    "loyalty_ledger": rows(
        "customer_key kind points booked_at",
        ("a", "earn", 100, "2023-10-01 10:00"),
        ("a", "earn", 30, "2024-01-15 10:00"),
        ("a", "redeem", -50, "2024-02-20 10:00"),
    ),
    "consents": rows(
        "customer_key purpose status changed_at",
        ("a", "email", "granted", "2023-10-01 10:00"),
        ("a", "email", "withdrawn", "2024-01-01 10:00"),
        ("a", "app", "granted", "2023-10-01 10:00"),
        ("a", "app", "withdrawn", "2024-01-01 10:00"),
        ("a", "post", "denied", "2023-10-01 10:00"),
        ("a", "post", "granted", "2024-01-01 10:00"),
        ("a", "phone", "granted", "2024-01-02 10:00"),
        ("a", "phone", "objected", "2024-01-02 10:00"),
        ("a", "sms", "granted", "2024-03-01 00:00"),
    ),
    "referrals": rows(
        "referrer_key shared_at first_order_at",
        ("a", "2023-05-01 10:00", "2023-06-01 10:00"),
        ("a", "2024-02-01 10:00", "2024-03-05 10:00"),
        ("a", "2024-02-02 10:00", None),
    ),
    "campaigns": rows(
        "campaign_id starts_at ends_at",
        ("autumn", "2023-10-01", "2023-10-31"),
        ("winter", "2024-01-10", "2024-03-01"),
        ("spring", "2024-03-01", "2024-04-01"),
    ),
    "campaign_members": rows("campaign_id customer_key", ("autumn", "a"), ("winter", "a"), ("spring", "a")),
    "coupon_redemptions": rows(
        "customer_key redeemed_at",
        ("a", "2023-10-01 10:00"),
        ("a", "2024-02-20 10:00"),
        ("a", "2024-02-20 11:00"),
    ),
    "products": rows(
        "product_id category department", ("p", "tea", "food"), ("q", "tea", "food"), ("r", "cups", "home")
    ),
    "order_lines": rows(
        "customer_key ordered_at product_id",
        ("a", "2023-10-01 10:00", "p"),
        ("a", "2023-12-01 10:00", "p"),
        ("a", "2024-01-15 10:00", "q"),
        ("a", "2024-02-20 10:00", "r"),
        ("b", "2024-01-01 10:00", "r"),
    ).assign(amount=money("40", "30", "20", "10", "5"), discount=money("0", "10", "5", "0", "0")),
}
BY_HAND = {
    "messages_2_horizons": 3,
    "opened_share": 2 / 3,
    "clicked_share": 1 / 3,
    "days_since_opened": 9,
    "messages_refused": 1,
    "web_events_horizon": 3,
    "web_events_2_horizons": 4,
    "carts_horizon": 2,
    "abandoned_horizon": 1,
    "days_since_visit": 19,
    "tickets_2_horizons": 2,
    "complaints": 2,
    "complaints_2_horizons": 1,
    "tickets_open": 1,
    "ticket_csat": 2.5,
    "nps_last": 3,  # two answers of one moment: the lower
    "csat_last": 2,
    "points_balance": 80,
    "points_earned_2_horizons": 30,
    "points_redemptions": 1,
    "days_since_points": 9,
    "consents_granted": 1,  # post
    "consents_refused": 3,  # email, app, and phone: both at one moment is a refusal
    "referrals": 3,
    "referrals_2_horizons": 2,
    "referred_customers": 1,
    "campaigns": 2,
    "campaigns_running": 1,
    "campaigns_2_horizons": 1,
    "days_since_campaign": 50,
    "coupons": 3,
    "coupons_4_horizons": 2,
    "coupon_day_share": 2 / 4,
    "days_since_coupon": 9,
    "discount_share": 15 / 115,
    "discounted_lines_share": 2 / 4,
    "discount_share_2_horizons": 5 / 35,
    "categories": 2,
    "departments": 2,
    "categories_horizon": 1,
    "category_entropy": -(0.75 * log(0.75) + 0.25 * log(0.25)),
    "top_category_share": 0.75,
    "top_category_reach": 3 / 5,
    "new_category_share": 1 / 2,
    "repeat_product_share": 1 / 4,
    "channels": 2,
    "channel_entropy": log(2),
    "top_channel_share": 0.5,
    "top_channel_share_2_horizons": 0.0,  # of two alike the last by name: web
    "top_channel_reach": 0.5,
    "last_channel_share": 0.5,
    "faded_orders": sum(0.5 ** (age / 30) for age in (152, 91, 46, 10)),
    "faded_orders_quarter_horizon": sum(0.5 ** (age / 7.5) for age in (152, 91, 46, 10)),
    "faded_orders_4_horizons": sum(0.5 ** (age / 120) for age in (152, 91, 46, 10)),
}


@pytest.fixture(scope="module")
def taken() -> pd.DataFrame:
    tables = {**TABLES, "orders": ORDERS}
    days = customer_days(ORDERS)
    found = snapshot(days, CUTOFF, horizon_days=HORIZON_DAYS, as_of=date(2024, 6, 1), tables=tables)
    return found.set_index("customer_key")


@pytest.mark.parametrize(("name", "value"), BY_HAND.items())
def test_a_feature_is_what_one_counts_by_hand(taken: pd.DataFrame, name: str, value: float) -> None:
    assert taken.loc["a", name] == pytest.approx(value)


def test_who_is_in_no_other_table_has_counts_of_nothing(taken: pd.DataFrame) -> None:
    counts = [
        "messages_2_horizons",
        "tickets_open",
        "points_balance",
        "consents_granted",
        "referrals",
        "coupons",
    ]
    assert taken.loc["b", counts].eq(0).all()
    assert taken.loc["b", ["opened_share", "nps_last", "days_since_points", "channel_entropy"]].isna().all()


@pytest.mark.parametrize("cutoff", ["2024-05-31", "2024-06-01", "2024-06-02", "2024-06-16"])
def test_weeks_and_months_do_not_leap_where_the_calendar_turns(cutoff: str) -> None:
    day = pd.Timestamp(cutoff)
    back = [30.4375 * n + 3 for n in range(12)] + [30.4375 * 16 + 3]
    times = [("a", day - pd.Timedelta(days=int(days)), "web", 1) for days in back]
    bought = rows("customer_key ordered_at channel lines", *times)
    days = customer_days(bought.assign(amount=money(*["10"] * len(back))))
    found = snapshot(days, day.date(), horizon_days=HORIZON_DAYS, as_of=date(2024, 8, 1)).iloc[0]
    assert (found["active_months"], found["active_weeks"], found["active_weeks_91d"]) == (13, 13, 3)
    assert found["active_month_share"] == 13 / 17
