"""Every visible row of the order log judged: whose it is, what it is worth, the first rule it breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import amounts, contracts, currencies, identity
from pipeline.tables.dated import hide
from pipeline.tables.io import to_pandas
from pipeline.tables.policies import Policies
from pipeline.tables.raw import fill
from pipeline.tables.reference import Lookup
from pipeline.tables.rules import RULES
from pipeline.tables.sources import NUMBERS, Raw
from pipeline.tables.spec import OrderSource, order_columns, title

PACKAGE = "pipeline.tables"
OPTIONAL_COLUMNS = ("order_id", "status", "is_test", "currency", "product_id", "channel")


def prepare(
    con: Connection,
    spec: OrderSource,
    policies: Policies,
    accounts: pa.Table,
    root: Path,
    max_quarantine_share: float,
) -> tuple[pa.Table, list[Lookup]]:
    """Make what the rows are judged by: whose they are, what their currency is worth, who is left out.

    Returns
    -------
    pyarrow.Table
        `from_id`, `customer_id`: which ids are one customer.
    list of Lookup
        What became of the id map and the exchange rates.
    """
    lookups: list[Lookup] = []
    links, rates = identity.NO_LINKS, None
    if policies.id_map:
        links, found = identity.read_links(policies.id_map, root, max_quarantine_share)
        lookups.append(found)
    has_currency = spec.columns.currency is not None
    if policies.exchange_rates and has_currency:
        rates, found = currencies.read_rates(policies.exchange_rates, root, max_quarantine_share)
        lookups.append(found)
    for name in ("amounts", "flags"):
        duck.run(con, duck.sql_file(PACKAGE, f"sql/{name}.sql"), name=name)
    identity.link(con, links)
    identity.exclude(con, policies.exclude_customers, accounts, root)
    currencies.price(con, has_currency, policies.currency, rates)
    return links, lookups


def judge(
    con: Connection, spec: OrderSource, raw: Raw, now: datetime, cancelled: Collection[str], where: str
) -> str:
    """Make ``judged``; return the decimal sign, which is decided over the visible rows."""
    given = "." if raw.typed_as(NUMBERS, "amount") else spec.decimal
    decimal = amounts.choose(con, "SELECT amount FROM visible", given, where)
    amounts.value(con)
    optional = "".join(f"{our}, " for our in OPTIONAL_COLUMNS if raw.columns[our])
    statement = duck.sql_file(PACKAGE, "sql/judged.sql").replace("{optional}", optional)
    duck.run(
        con, statement, {"now": now, "cancelled": [status.lower() for status in cancelled]}, name="judged"
    )
    fill(con, "judged", raw.columns)
    return decimal


def accepted_days(con: Connection, spec: OrderSource, where: str) -> tuple[date, date]:
    """Return the first and the last day with an accepted row.

    Raises
    ------
    UserError
        If there is none.
    """
    days = """
        SELECT min(ordered_at)::DATE, max(ordered_at)::DATE
        FROM judged WHERE rule IS NULL AND left_out IS NULL"""
    [(first, last)] = duck.run(con, days, name="accepted days").fetchall()
    if first is None:
        raise UserError(f"{title(spec)} has no row that can be used", where=f"{where}.path")
    return first, last


def check_as_of(
    con: Connection,
    spec: OrderSource,
    raw: Raw,
    until: datetime,
    now: datetime,
    cancelled: Collection[str],
    where: str,
) -> None:
    """Raise unless the as-of date lies within the log: after its first day, at most a day after its last."""
    inside = """
        SELECT count(*) FILTER (WHERE ordered_at < $until) > 0
           AND count(*) FILTER (WHERE ordered_at >= $until - INTERVAL 1 DAY) > 0
        FROM dated WHERE ordered_at BETWEEN TIMESTAMP '1970-01-01' AND $now"""
    [(within,)] = duck.run(con, inside, {"until": until, "now": now}, name="as_of").fetchall()
    if within:
        return
    hide(con, None)
    judge(con, spec, raw, now, cancelled, where)
    first, last = (day + timedelta(days=1) for day in accepted_days(con, spec, where))
    raise UserError(
        f"{until:%Y-%m-%d} is outside the log, which can be seen as of {first} to {last}",
        where="as_of",
        valid=f"latest, or a date such as {last}",
    )


def quarantine(con: Connection, spec: OrderSource, raw: Raw, read_as: Mapping[str, str]) -> pd.DataFrame:
    """Return every row that was not accepted, by the contract QUARANTINE."""
    names = order_columns(spec)
    rules = pd.DataFrame(
        {
            "rule": [rule.name for rule in RULES],
            "role": pd.Series([rule.role for rule in RULES], dtype="str"),
            "named": pd.Series([names[rule.role] if rule.role else None for rule in RULES], dtype="str"),
            "reason": [rule.reason.format(**read_as) for rule in RULES],
        }
    )
    files = pd.DataFrame({"file_no": range(len(raw.files)), "source": [file.label for file in raw.files]})
    duck.register(con, "rules", rules)
    duck.register(con, "files", files)
    # A table, for DuckDB then sees how few they are before it looks for their values among all rows.
    broken = """
        CREATE TABLE broken AS
        SELECT file_no, line, customer_id, named, role, rule FROM judged JOIN rules USING (rule)"""
    duck.run(con, broken, name="broken")
    found = to_pandas(duck.arrow(con, duck.sql_file(PACKAGE, "sql/quarantine.sql"), name="quarantine"))
    contracts.check(found, contracts.QUARANTINE)
    return found
