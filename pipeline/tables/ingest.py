"""From a shop's tables to typed orders, returns and a quarantine whose counts add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.privacy.pseudonyms import customer_keys
from pipeline.tables import (
    accounting,
    amounts,
    contracts,
    currencies,
    dates,
    duplicates,
    identity,
    returns,
    signals,
)
from pipeline.tables.io import to_pandas
from pipeline.tables.optional import Setting, TableRead, read_tables, summary
from pipeline.tables.policies import Policies
from pipeline.tables.raw import fill
from pipeline.tables.reference import Lookup
from pipeline.tables.rules import RULES
from pipeline.tables.sources import NUMBERS, TIMES, Raw, read_raw
from pipeline.tables.spec import OrderSource, TableSource, title

PACKAGE = "pipeline.tables"
WHERE = "sources.orders"
OPTIONAL_COLUMNS = ("order_id", "status", "is_test", "currency", "product_id", "channel")
DEFAULT = Policies()
NO_TABLES: Mapping[str, TableSource] = {}
MEMORY_LIMIT = "2GB"  # the tables it hands over take as much again outside of it at 10 million rows

Phase = Literal["reading files", "reading dates", "judging rows", "reading tables", "making orders"]
PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True)
class Ingested:
    """What an order log became.

    Attributes
    ----------
    orders, returns, quarantine : DataFrame
        By their contracts in `pipeline.tables.contracts`; the customers of the orders are a categorical.
    identities : DataFrame
        customer_key, customer_id: the only place where the two stand together. Personal data.
    counts : dict
        For metrics: rows per file, rules, orders, what the columns were read as. No personal data.
    as_of : date
        The first day that is not seen.
    tables : list of TableRead
        The optional tables that the shop has.
    lookups : list of Lookup
        What became of the id map and the exchange rates.
    """

    orders: pd.DataFrame
    returns: pd.DataFrame
    quarantine: pd.DataFrame
    identities: pd.DataFrame
    counts: dict[str, Any]
    as_of: date
    tables: list[TableRead] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)

    def all_quarantined(self) -> pd.DataFrame:
        """Return the quarantines of all tables as one, each row with its table."""
        named = [("orders", self.quarantine)]
        named += [(table.contract.name, table.quarantine) for table in self.tables]
        named += [(lookup.name, lookup.quarantine) for lookup in self.lookups]
        rows = [frame.assign(table=pd.Series(name, frame.index, "str")) for name, frame in named]
        joined = pd.concat([frame for frame in rows if len(frame)] or rows[:1], ignore_index=True)
        joined = joined[contracts.ALL_QUARANTINED.names]
        contracts.check(joined, contracts.ALL_QUARANTINED)
        return joined


def ingest_orders(
    spec: OrderSource,
    root: Path,
    as_of: date | Literal["latest"],
    now: datetime,
    max_quarantine_share: float,
    pepper: bytes,
    policies: Policies = DEFAULT,
    tables: Mapping[str, TableSource] = NO_TABLES,
    on_phase: Callable[[Phase], None] = lambda _: None,
) -> Ingested:
    """Read an order log, and the tables beside it, as they would have been read on the as-of date.

    Parameters
    ----------
    spec : OrderSource
    root : Path
        The project's folder, for a relative path.
    as_of : date or "latest"
        Rows at or after its midnight do not exist, except that they too show how dates are written.
        "latest" is the day after the last accepted row.
    now : datetime
        Naive wall clock of the shop; a later row is quarantined.
    max_quarantine_share : float
        Of the rows before the as-of date; more stops the run.
    pepper : bytes
        For the customer keys.
    policies : Policies
        What the shop decided about its log.
    tables : mapping of table name to TableSource
        The optional tables; of them `customers` tells who is no customer and `returns` what came back.
    on_phase : callable
        Told each of `PHASES` as it begins.

    Raises
    ------
    UserError
        For a source that cannot be read, an as-of date outside it, or too many rows in quarantine.
    AccountingError
        If the counts do not add up.
    """
    with duck.connect(memory_limit=MEMORY_LIMIT) as con:
        on_phase("reading files")
        raw = read_raw(con, spec, _columns(spec), root, WHERE)
        on_phase("reading dates")
        date_format = _read_dates(con, spec, raw, policies.timezone)
        until = None if as_of == "latest" else datetime.combine(as_of, time())
        on_phase("judging rows")
        _hide(con, until)
        accounts = identity.test_accounts(tables.get("customers"), root)
        links, lookups = _prepare(con, spec, policies, accounts, root, max_quarantine_share)
        decimal = _judge(con, spec, raw, now)
        if until is not None:
            _check_as_of(con, spec, raw, until, now)
        repeats = duplicates.settle(con, policies)
        read_as = {"date_format": date_format, "decimal": decimal}
        quarantine = _quarantine(con, spec, raw, read_as)
        files = accounting.rows_per_file(con, raw, until)
        visible = sum(file["rows_read"] - file["after_as_of"] for file in files.values())
        accounting.stop_if_too_many(quarantine, visible, max_quarantine_share, f"{WHERE}.path")
        _, last = _accepted_days(con, spec)
        seen_until = until.date() if until else last + timedelta(days=1)
        identities = _purchases(con, spec, pepper)
        on_phase("reading tables")
        setting = Setting(root, seen_until, max_quarantine_share, pepper, policies.timezone, links)
        read = read_tables(tables, identities["customer_id"], setting)
        on_phase("making orders")
        given_back = _returns(con, spec, policies, read, pepper)
        orders = _orders(con, spec, policies, identities)
        counts = accounting.counts(con, files, quarantine, orders)
        counts["policies"] |= {**repeats, "returns": returns.counts(con, given_back)}
        counts["policies"] |= _policy_counts(con, spec, policies)
        counts["outliers"] = signals.outliers(orders)
        counts["left_truncation"] = signals.left_truncation(orders)
    columns_off = [name for name, theirs in _columns(spec).items() if theirs is None]
    counts["columns_off"] = columns_off
    counts["switched_off"] = contracts.ORDER_LOG.switched_off(columns_off)
    counts["tables"] = summary(read)
    counts["lookups"] = {lookup.name: lookup.counts for lookup in lookups}
    counts["read_as"] = {"encoding": raw.encodings, "delimiter": raw.delimiters, **read_as}
    return Ingested(orders, given_back, quarantine, identities, counts, seen_until, read, lookups)


def _columns(spec: OrderSource) -> dict[str, str | None]:
    columns = spec.columns
    return {
        "customer_id": columns.customer_id,
        "ordered_at": columns.ordered_at,
        "amount": columns.amount,
        "order_id": columns.order_id,
        "status": columns.status,
        "is_test": columns.is_test,
        "currency": columns.currency,
        "product_id": columns.product_id,
        "channel": columns.channel,
    }


def _statement(con: Connection, name: str, **params: Any) -> Connection:
    return duck.run(con, duck.sql_file(PACKAGE, f"sql/{name}.sql"), params, name=name)


def _table(con: Connection, name: str, **params: Any) -> pd.DataFrame:
    return to_pandas(duck.arrow(con, duck.sql_file(PACKAGE, f"sql/{name}.sql"), params, name=name))


def _read_dates(con: Connection, spec: OrderSource, raw: Raw, timezone: str | None) -> str:
    """Make ``dated``: the date format is decided before anything can be hidden, for it tells what to hide."""
    typed = raw.typed_as(TIMES, "ordered_at")
    likely = dates.likely(con, "ordered_at") if spec.date_format == "auto" and not typed else None
    if likely and _date(con, raw, likely, timezone):
        return likely.name
    chosen = dates.ISO if typed else dates.choose(con, "ordered_at", spec.date_format, f"{WHERE}.date_format")
    _date(con, raw, chosen, timezone)
    return chosen.name


def _date(con: Connection, raw: Raw, by: dates.DateFormat, timezone: str | None) -> bool:
    """Make ``dated``, ``raw`` with its times read; tell whether all that are given could be."""
    dates.define(con, by, timezone)
    times = duck.arrow(con, "SELECT read_date(ordered_at) AS ordered_at FROM raw", name="times")
    given = raw.rows.rename_columns({"ordered_at": "date_text"})
    duck.register(con, "dated_rows", given.append_column("ordered_at", times["ordered_at"]))
    fill(con, "dated", raw.columns)
    unread = "SELECT count(*) FROM dated WHERE ordered_at IS NULL AND date_text <> ''"
    return duck.run(con, unread, name="unread times").fetchall() == [(0,)]


def _hide(con: Connection, until: datetime | None) -> None:
    """Make ``visible``: what had happened before the as-of date, and what has no date that could tell."""
    hidden = f"WHERE ordered_at IS NULL OR ordered_at < TIMESTAMP '{until}'" if until else ""
    duck.run(con, f"CREATE OR REPLACE VIEW visible AS SELECT * FROM dated {hidden}", name="visible")


def _prepare(
    con: Connection,
    spec: OrderSource,
    policies: Policies,
    accounts: pa.Table,
    root: Path,
    max_quarantine_share: float,
) -> tuple[pa.Table, list[Lookup]]:
    """Make what the rows are judged by: whose they are, what their currency is worth, who is left out."""
    lookups: list[Lookup] = []
    links, rates = identity.NO_LINKS, None
    if policies.id_map:
        links, found = identity.read_links(policies.id_map, root, max_quarantine_share)
        lookups.append(found)
    has_currency = spec.columns.currency is not None
    if policies.exchange_rates and has_currency:
        rates, found = currencies.read_rates(policies.exchange_rates, root, max_quarantine_share)
        lookups.append(found)
    _statement(con, "amounts")
    _statement(con, "flags")
    identity.link(con, links)
    identity.exclude(con, policies.exclude_customers, accounts, root)
    currencies.price(con, has_currency, policies.currency, rates)
    cancelled = sorted({status.lower() for status in policies.cancelled_status})
    duck.register(con, "cancelled_status", pa.table({"status": pa.array(cancelled, pa.string())}))
    return links, lookups


def _judge(con: Connection, spec: OrderSource, raw: Raw, now: datetime) -> str:
    """Make ``judged``; the decimal sign is decided over the visible rows."""
    given = "." if raw.typed_as(NUMBERS, "amount") else spec.decimal
    decimal = amounts.choose(con, "SELECT amount FROM visible", given, WHERE)
    optional = "".join(f"{our}, " for our in OPTIONAL_COLUMNS if raw.columns[our])
    statement = duck.sql_file(PACKAGE, "sql/judged.sql").replace("{optional}", optional)
    duck.run(con, statement, {"now": now}, name="judged")
    fill(con, "judged", raw.columns)
    return decimal


def _accepted_days(con: Connection, spec: OrderSource) -> tuple[date, date]:
    """Return the first and the last day with an accepted row."""
    days = """
        SELECT min(ordered_at)::DATE, max(ordered_at)::DATE
        FROM judged WHERE rule IS NULL AND left_out IS NULL"""
    [(first, last)] = duck.run(con, days, name="accepted days").fetchall()
    if first is None:
        raise UserError(f"{title(spec)} has no row that can be used", where=f"{WHERE}.path")
    return first, last


def _check_as_of(con: Connection, spec: OrderSource, raw: Raw, until: datetime, now: datetime) -> None:
    """Raise unless the as-of date lies within the log: after its first day, at most a day after its last."""
    inside = """
        SELECT count(*) FILTER (WHERE ordered_at < $until) > 0
           AND count(*) FILTER (WHERE ordered_at >= $until - INTERVAL 1 DAY) > 0
        FROM dated WHERE ordered_at BETWEEN TIMESTAMP '1970-01-01' AND $now"""
    [(within,)] = duck.run(con, inside, {"until": until, "now": now}, name="as_of").fetchall()
    if within:
        return
    _hide(con, None)
    _judge(con, spec, raw, now)
    first, last = (day + timedelta(days=1) for day in _accepted_days(con, spec))
    raise UserError(
        f"{until:%Y-%m-%d} is outside the log, which can be seen as of {first} to {last}",
        where="as_of",
        valid=f"latest, or a date such as {last}",
    )


def _quarantine(con: Connection, spec: OrderSource, raw: Raw, read_as: Mapping[str, str]) -> pd.DataFrame:
    names = _columns(spec)
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
    quarantine = _table(con, "quarantine")
    contracts.check(quarantine, contracts.QUARANTINE)
    return quarantine


def _purchases(con: Connection, spec: OrderSource, pepper: bytes) -> pd.DataFrame:
    """Make ``purchases`` and ``identities`` out of the accepted rows."""
    _statement(con, "purchases_of_lines" if spec.columns.order_id else "purchases_of_rows")
    ids = to_pandas(duck.arrow(con, "SELECT DISTINCT customer_id FROM purchases ORDER BY customer_id"))
    ids.insert(0, "customer_key", customer_keys(ids["customer_id"], pepper))
    by_key = ids["customer_key"].argsort().to_numpy()
    numbers = pd.Series(np.arange(len(ids), dtype=np.int32), index=by_key).sort_index()
    duck.register(con, "identities", ids.assign(customer_no=numbers))
    return ids


def _returns(
    con: Connection, spec: OrderSource, policies: Policies, tables: list[TableRead], pepper: bytes
) -> pd.DataFrame:
    """Match what the log and the returns table give back."""
    listed = next((table.rows for table in tables if table.contract.name == "returns"), None)
    found = returns.match(
        con, listed, by_lines=spec.columns.order_id is not None, policies=policies, pepper=pepper
    )
    contracts.check(found, contracts.RETURNS)
    return found


def _orders(con: Connection, spec: OrderSource, policies: Policies, ids: pd.DataFrame) -> pd.DataFrame:
    """Make the table ``orders`` out of ``purchases``."""
    orders = _table(con, "orders", keep_zero=policies.zero_amount == "keep")
    keys = ids["customer_key"].sort_values().array
    customers = pd.Categorical.from_codes(orders.pop("customer_no"), keys)
    orders.insert(0, "customer_key", pd.Series(customers))
    contracts.check(orders, contracts.ORDERS)
    if orders.empty:
        raise UserError(f"{title(spec)} has returns but no orders", where=f"{WHERE}.path")
    return orders


def _policy_counts(con: Connection, spec: OrderSource, policies: Policies) -> dict[str, Any]:
    """Count what concerns customers: order ids they share, ids that are not linked, those left out."""
    counts: dict[str, Any] = {}
    if spec.columns.order_id:
        shared = """
            SELECT count(*) FROM (
                SELECT order_id FROM purchases
                GROUP BY order_id HAVING min(customer_id) <> max(customer_id))"""
        [(count,)] = duck.run(con, shared, name="shared order ids").fetchall()
        counts["order_ids_of_several_customers"] = count
    if policies.id_map:
        counts["unlinked"] = identity.unlinked(con)
    excluded = """
        SELECT count(*), count(*) FILTER (WHERE customer_id IN (SELECT customer_id FROM test_accounts))
        FROM (SELECT DISTINCT customer_id FROM judged WHERE left_out = 'test_accounts')"""
    [(every, told)] = duck.run(con, excluded, name="test accounts").fetchall()
    counts["test_customers"] = {"left_out": every, "known_from_customers_table": told}
    return counts
