"""A file, and what it should be read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from tests.tables.conftest import Ingest


@dataclass(frozen=True)
class Case:
    """A file, how its source is described, and the orders and quarantined rows it gives."""

    name: str
    content: str | bytes
    orders: list[str] = field(default_factory=list)
    quarantine: list[str] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)


def wanted(case: Case) -> tuple[list[Any], list[str], set[str]]:
    """Orders, quarantined rows, and the files that these are of."""
    customers = (order.rsplit(" ", 2) for order in case.orders)
    orders = sorted((who, pd.Timestamp(when), Decimal(amount)) for who, when, amount in customers)
    return orders, case.quarantine, {"data/raw/orders.csv"} if case.quarantine else set()


def found(case: Case, ingest: Ingest) -> tuple[list[Any], list[str], set[str]]:
    """Read the file, and list the same of what came out."""
    ingested = ingest(case.content, **case.source)
    named = ingested.orders.merge(ingested.identities, on="customer_key")
    orders = sorted(zip(named["customer_id"], named["ordered_at"], named["amount"], strict=True))
    rows = ingested.quarantine[["line", "column", "rule", "value_class"]].to_numpy()
    quarantined = [" ".join(map(str, row)).replace("nan", "None", 1) for row in rows]
    return orders, quarantined, set(ingested.quarantine["source"])
