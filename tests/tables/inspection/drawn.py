"""Orders that were drawn, and those that come out when a proposed section is pasted."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from pipeline.params import parse_params
from pipeline.stages.ingest import read_orders
from pipeline.tables.ingest import Ingested
from pipeline.tables.inspection.proposal import Inspection
from tests.conftest import ROOT
from tests.tables.conftest import inspect_file

CUSTOMERS, ORDERS = 60, 300


@dataclass(frozen=True)
class Order:
    """An order as it was: cents of each line, cents that were given back, whether it came to nothing."""

    number: int
    customer: str
    at: datetime
    lines: tuple[int, ...]
    refunded: int
    cancelled: bool

    @property
    def total(self) -> int:
        return sum(self.lines)


def drawn() -> list[Order]:
    """Orders of one to three lines, each at a time of its own."""
    chance = random.Random(11)
    orders = []
    for number in range(ORDERS):
        lines = tuple(chance.randrange(200, 9_000) for _ in range(chance.choice([1, 2, 2, 3])))
        at = datetime(2022, 1, 1, 8) + timedelta(hours=number * 29, minutes=chance.randrange(60))
        refunded = chance.randrange(100, sum(lines)) if number % 9 == 0 else 0
        customer = f"0{chance.randrange(CUSTOMERS):03d}"
        orders.append(Order(1001 + number, customer, at, lines, refunded, number % 7 == 3))
    return orders


TRUTH = drawn()


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def german(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def expected(orders: list[Order], at: Callable[[Order], datetime]) -> list[tuple[str, str, str]]:
    """Who ordered when for how much."""
    return sorted((o.customer, at(o).isoformat(" "), f"{Decimal(o.total) / 100:.4f}") for o in orders)


def exact(order: Order) -> datetime:
    return order.at


def pasted(found: Inspection, folder: Path, **report: str) -> Ingested:
    """Put the snippet in place of the section in params.yaml, and read the orders as a run would."""
    tree = yaml.safe_load((ROOT / "params.yaml").read_text()) | yaml.safe_load(found.snippet)
    tree["ingest"]["max_quarantine_share"] = 0.0
    tree["report"] |= report
    with chdir(folder):
        return read_orders(parse_params(tree))


def given_back(done: Ingested) -> int:
    """What was taken off in the end, in cents."""
    return round(100 * float(done.returns["netted"].sum()))


def written(folder: Path, rows: list[str]) -> Inspection:
    (folder / "log.csv").write_text("\n".join(rows) + "\n")
    return inspect_file("log.csv", folder)
