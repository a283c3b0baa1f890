"""A made-up shop of two and a half years with every kind of customer, and its other tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from pipeline.features import customer_days, snapshot
from pipeline.features.snapshots import LABELS
from tests.conftest import returns_of
from tests.features.tables import CONTRACTS, crowded, draw

HORIZON_DAYS = 60
CUTOFF = date(2024, 2, 29)
AS_OF = date(2024, 6, 30)
ROWS = 500  # of each optional table


@dataclass(frozen=True)
class Shop:
    """The tables that features are made from."""

    orders: pd.DataFrame
    returns: pd.DataFrame
    tables: dict[str, pd.DataFrame]

    def features(self, cutoff: date) -> pd.DataFrame:
        """The snapshot of a cutoff by customer, without its labels."""
        days = customer_days(self.orders, self.returns)
        tables = {**self.tables, "orders": self.orders}
        table = snapshot(
            days, cutoff, horizon_days=HORIZON_DAYS, as_of=AS_OF, returns=self.returns, tables=tables
        )
        return table.set_index("customer_key").drop(columns=[*LABELS, "cutoff"])


def money(amounts: np.ndarray) -> list[Decimal]:
    return [Decimal(str(amount)).quantize(Decimal("0.0001")) for amount in amounts]


@pytest.fixture(scope="session")
def shop() -> Shop:
    """Frequent and one-time buyers, old and new ones, free orders, returns in part and whole."""
    rng = np.random.default_rng(4)
    start, days = pd.Timestamp(2022, 1, 1), (pd.Timestamp(AS_OF) - pd.Timestamp(2022, 1, 1)).days
    rows = []
    for number in range(60):
        born = rng.uniform(0, days)
        times = [born] if number % 5 == 0 else rng.uniform(born, days, rng.integers(2, 40))
        cents = rng.integers(1, 9000, len(times)) * (number % 7 > 0)
        rows += [(f"c{number:02d}", time, amount / 100) for time, amount in zip(times, cents, strict=True)]
    log = pd.DataFrame(rows, columns=["customer_key", "time", "amount"])
    orders = pd.DataFrame(
        {
            "customer_key": log["customer_key"].astype("str"),
            "ordered_at": (start + pd.to_timedelta(log["time"], unit="D")).dt.floor("s"),
            "amount": money(log["amount"]),
            "lines": pd.Series(rng.integers(1, 6, len(log)), dtype="int32"),
        }
    )
    orders["ordered_at"] = crowded(orders["ordered_at"], pd.Timestamp(CUTOFF))
    orders["channel"] = pd.Series(rng.choice(["web", "shop", "phone", None], len(log)), dtype="str")
    back = orders[(orders["amount"] > 0) & (rng.random(len(orders)) < 0.15)]
    whole = pd.Series(np.arange(len(back)) % 2, index=back.index, dtype="int32")
    returns = returns_of(back, whole, days=9).reset_index(drop=True)
    customers = sorted(set(orders["customer_key"]))[::2]  # the others are in none of the tables
    tables = {
        name: draw(contract, customers, start, days, ROWS, pd.Timestamp(CUTOFF))
        for name, contract in CONTRACTS.items()
    }
    return Shop(orders, returns, tables)
