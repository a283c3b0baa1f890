"""Figures of the shop's other tables over the last period, each with the two numbers it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.engine.duck import arrow, connect, register, sql_file
from pipeline.privacy.groups import MIN_GROUP

# What has figures, besides the orders, and the tables each needs.
NEEDED = {
    "returns": ("returns",),
    "order_lines": ("order_lines",),
    "coupon_redemptions": ("coupon_redemptions",),
    "campaign_members": ("campaign_members", "campaigns"),
    "web_events": ("web_events",),
    "messages": ("messages",),
    "tickets": ("tickets",),
    "surveys": ("surveys",),
    "loyalty_ledger": ("loyalty_ledger",),
    "referrals": ("referrals",),
    "subscriptions": ("subscriptions",),
}
# Figures that would look like zero, or like nothing, in a shop that does not note these columns of the table.
NOTED_IN = {
    "discounts": ("order_lines", "discount"),
    "triggered_messages": ("messages", "kind"),
    "messages_opened": ("messages", "opened_at"),
    "messages_clicked": ("messages", "clicked_at"),
    "unsubscribed": ("messages", "unsubscribed_at"),
    "complaints_per_order": ("tickets", "kind"),
    "open_complaints": ("tickets", "kind", "resolved_at"),
    "first_response_hours": ("tickets", "first_response_at"),
    "ticket_satisfaction": ("tickets", "csat"),
    "recommendations_taken": ("referrals", "signed_up_at"),
    "contracts_cancelled": ("subscriptions", "cancelled_at"),
}

# Tables with rows of people who are no customers; of sales, returns and campaigns the statements see to it.
MAY_BRING_ORDERS = {
    "messages": ("customer_key", "sent_at"),
    "web_events": ("customer_key", "occurred_at"),
    "referrals": ("referrer_key", "shared_at"),
}
OTHERS_TOO = ("surveys", "tickets", "loyalty_ledger", "subscriptions")

Ratio = dict[str, float | None]


def table_kpis(
    orders: pd.DataFrame, tables: Mapping[str, pd.DataFrame], as_of: date, horizon_days: int
) -> dict[str, dict[str, Ratio]]:
    """Compute what the optional tables tell of the customers in ``[as_of - horizon_days, as_of)``.

    Parameters
    ----------
    orders : DataFrame
        `customer_key`, `ordered_at`, `amount`; any row order.
    tables : mapping of table name to DataFrame
        Those the shop has, by their contracts; `returns` as the ingest stage matched them.
    as_of : date
        The first day that is not known.
    horizon_days : int
        Length of the period in days.

    Returns
    -------
    dict of dict
        By table and figure ``{"value", "numerator", "denominator"}``, shares as fractions; docs/outputs.md
        says what each means. All three are None where fewer than `MIN_GROUP` customers are behind it, or
        behind a sum that it counts; the value where nobody is. A figure whose column the shop does not note
        is not there.
    """
    period = {"start": as_of - timedelta(days=horizon_days), "as_of": as_of}
    first_day = orders.groupby("customer_key")["ordered_at"].min().dt.normalize()
    of_customers = {name: _of_customers(name, rows, first_day) for name, rows in tables.items()}
    with connect() as con:
        register(con, "orders", orders)
        for name, rows in of_customers.items():
            register(con, name, rows)
        found: dict[str, dict[str, Ratio]] = {}
        for table, needed in NEEDED.items():
            if not all(name in tables for name in needed):
                continue
            sql = sql_file("pipeline.retention", f"tables/{table}.sql")
            rows = arrow(con, sql, period, name=f"{table}.sql").to_pylist()
            found[table] = {row["name"]: _ratio(row) for row in rows if _is_noted(row["name"], of_customers)}
    return found


def _of_customers(name: str, rows: pd.DataFrame, first_day: pd.Series[Any]) -> pd.DataFrame:
    """Leave out who is no customer: test accounts, whose orders are left out, and who has never bought.

    Of what may bring an order only rows of days after the customer's first order: to count who became a
    customer by it, and not who did not, would be to look ahead.
    """
    if name in MAY_BRING_ORDERS:
        key, time = MAY_BRING_ORDERS[name]
        is_customer = rows[key].map(first_day) < rows[time].dt.normalize()
    elif name in OTHERS_TOO:
        is_customer = rows["customer_key"].isin(first_day.index)
    else:
        return rows
    found: pd.DataFrame = rows[is_customer]
    return found


def _is_noted(name: str, tables: Mapping[str, pd.DataFrame]) -> bool:
    if name not in NOTED_IN:
        return True
    table, *columns = NOTED_IN[name]
    return bool(tables[table][columns].notna().any().all())


def _ratio(row: Mapping[str, float]) -> Ratio:
    if 0 < row["customers"] < MIN_GROUP:
        return dict.fromkeys(("value", "numerator", "denominator"))
    numerator, denominator = float(row["numerator"]), float(row["denominator"])
    value = numerator / denominator if denominator else None
    return {"value": value, "numerator": numerator, "denominator": denominator}
