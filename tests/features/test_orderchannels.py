"""The channel of most orders, as known before a cutoff."""

from datetime import date

import pandas as pd

from pipeline.features import main_channels

ORDERS = pd.DataFrame(
    [
        ("a", "2024-01-01 10:00", "web"),
        ("a", "2024-01-05 23:59", "shop"),
        ("a", "2024-01-06 00:00", "shop"),
        ("b", "2024-01-02 08:00", None),
        ("b", "2024-01-07 08:00", "web"),
        ("c", "2024-01-03 08:00", None),
    ],
    columns=["customer_key", "ordered_at", "channel"],
).astype({"ordered_at": "datetime64[us]"})


def channels(orders: pd.DataFrame) -> dict[tuple[str, str], str]:
    found = main_channels(orders, [date(2024, 1, 5), date(2024, 1, 6), date(2024, 1, 8)])
    keys = zip(found["customer_key"], found["cutoff"].dt.strftime("%d"), strict=True)
    return dict(zip(keys, found["order_channel"], strict=True))


def test_the_channel_of_most_orders_before_a_cutoff():
    known = channels(ORDERS)
    assert known[("a", "05")] == "web"
    assert known[("a", "06")] == "web"  # one each: the last by name
    assert known[("a", "08")] == "shop"
    assert known[("b", "08")] == "web"
    assert not {("b", "05"), ("b", "06")} & known.keys()
    assert "c" not in {customer for customer, _ in known}


def test_the_order_of_rows_does_not_count():
    assert channels(ORDERS.sample(frac=1, random_state=1)) == channels(ORDERS)
