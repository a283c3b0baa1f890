"""Order days counted over time, as they were known."""

from datetime import date

import pandas as pd

from pipeline.features import daily_flow, histories, orders_between


def days(*rows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_key", "day", "known_from", "known_until"])
    return table.astype(dict.fromkeys(["day", "known_from", "known_until"], "datetime64[us]"))


LOG = days(
    ("a", "2024-01-01", "2024-01-01", None),
    ("a", "2024-01-03", "2024-01-03", "2024-01-06"),  # given back on the sixth
    ("a", "2024-01-08", "2024-01-08", None),
    ("b", "2024-01-03", "2024-01-03", None),
    ("b", "2024-01-04", "2024-01-04", None),
)


def test_orders_before_a_cutoff_are_those_known_then():
    assert orders_between(LOG, date(2024, 1, 2), date(2024, 1, 5)).to_dict() == {"a": 1, "b": 2}
    assert orders_between(LOG, date(2024, 1, 2), date(2024, 1, 8)).to_dict() == {"b": 2}
    assert orders_between(LOG, date(2024, 1, 9), date(2024, 1, 20)).empty


def test_the_flow_has_every_day_and_tells_first_orders_from_later_ones():
    flow = daily_flow(LOG, date(2024, 1, 6))
    assert flow["day"].dt.day.tolist() == [1, 2, 3, 4, 5]
    assert flow["births"].tolist() == [1, 0, 1, 0, 0]
    assert flow["repeats"].tolist() == [0, 0, 1, 1, 0]


def test_histories_are_those_of_a_snapshot():
    told = histories(LOG, date(2024, 1, 5), 5)
    assert told.loc["a"].to_dict() == {"frequency": 1, "recency": 2, "T": 3, "future_orders": 1}
    assert told.loc["b"].to_dict() == {"frequency": 1, "recency": 1, "T": 1, "future_orders": 0}
