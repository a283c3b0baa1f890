"""From a shop's tables to typed orders, returns and a quarantine whose counts add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal, get_args

import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables import accounting, contracts, signals
from pipeline.tables.columns import whole
from pipeline.tables.io import to_pandas
from pipeline.tables.optional.tables import Setting, TableRead, read_tables, summary
from pipeline.tables.orders import duplicates, identity, returns, verdicts
from pipeline.tables.orders.dated import hide, read_dates, seen_before
from pipeline.tables.orders.lines import find_only_lines
from pipeline.tables.orders.numbers import in_order_of_texts, keyed
from pipeline.tables.orders.policies import Policies
from pipeline.tables.orders.purchases import (
    Bought,
    bought,
    by_customer_and_time,
    customers_of_purchases,
    frame_of,
    orders_of,
    policy_counts,
)
from pipeline.tables.orders.reference import Lookup
from pipeline.tables.sources.readers import Raw, read_raw
from pipeline.tables.sources.spec import OrderSource, TableSource, order_columns

DEFAULT = Policies()
NO_TABLES: Mapping[str, TableSource] = {}
MEMORY_LIMIT = "2GB"  # the tables it hands over take as much again outside of it at 10 million rows
AMOUNTS_IN_8_BYTES = "SET arrow_output_version = '1.5'"  # of what it hands over; 16 in older versions

Phase = Literal[
    "reading files", "reading dates", "judging rows", "making orders", "reading tables", "counting"
]
PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True)
class Ingested:
    """What an order log became.

    Attributes
    ----------
    order_table : pyarrow.Table
        By its contract; customers and channels are dictionaries, each text held once, and no customer is in
        two chunks.
    vault : pyarrow.Table
        customer_key, customer_id: the only place where the two stand together. Personal data.
    returns, quarantine : DataFrame
        By their contracts.
    counts : dict
        For metrics: rows per file, rules, orders, what the columns were read as. No personal data.
    as_of : date
        The first day that is not seen.
    tables : list of TableRead
        The optional tables that the shop has.
    lookups : list of Lookup
        What became of the id map and the exchange rates.
    """

    order_table: pa.Table
    vault: pa.Table
    returns: pd.DataFrame
    quarantine: pd.DataFrame
    counts: dict[str, Any]
    as_of: date
    tables: list[TableRead] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders; customers and channels are categoricals."""
        return frame_of(self.order_table)

    @cached_property
    def identities(self) -> pd.DataFrame:
        """What is in the vault."""
        return to_pandas(self.vault)

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
    on_orders: Callable[[Iterator[pa.Table]], object] = lambda _: None,
    on_identities: Callable[[pa.Table], object] = lambda _: None,
    where: str = "sources.orders",
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
    on_orders : callable
        Given the orders, part by part as they are made, while there is still to read and to count: called in
        another thread, as a rule before the optional tables are read.
    on_identities : callable
        Given the identities while the last orders are made.
    where : str
        What messages call the section of `spec`.

    Raises
    ------
    UserError
        For a source that cannot be read, an as-of date outside it, or too many rows in quarantine.
    AccountingError
        If the counts do not add up.
    """
    # What Python and NumPy do by themselves leaves other cores to DuckDB.
    with duck.connect(memory_limit=MEMORY_LIMIT) as con, ThreadPoolExecutor(2) as aside:
        duck.run(con, AMOUNTS_IN_8_BYTES, name="amounts in 8 bytes")
        on_phase("reading files")
        until = None if as_of == "latest" else datetime.combine(as_of, time())
        readers = verdicts.plain_readers(spec, until)
        log = read_raw(con, spec, order_columns(spec), root, where, plain=readers)
        spelled = policies.customer_ids
        links, lookups = identity.read_links(policies.id_map, root, max_quarantine_share, spelled)
        accounts = identity.test_accounts(tables.get("customers"), root, spelled)
        only_line = find_only_lines(con, log, aside)
        numbering = identity.begin_to_number(con, log, links, spelled, aside)
        on_phase("reading dates")
        log, date_format = read_dates(con, log, spec.date_format, policies.timezone, where)
        on_phase("judging rows")
        seen = seen_before(log, until)
        plain = verdicts.read_plain(spec, log, seen)
        numbered = numbering.result()
        keys = aside.submit(keyed, numbered.customers, pepper)
        log = identity.tell_apart(con, log, numbered, links, accounts, policies, root)
        log = replace(log, rows=log.rows.append_column("only_line", only_line.result()))
        log = hide(con, log, seen)
        lookups += verdicts.prepare(con, spec, policies, root, max_quarantine_share)
        log, decimal = verdicts.judge(con, spec, log, plain, now, policies, where)
        if until is not None:
            verdicts.check_as_of(con, spec, log, until, now, policies, where)
        log, repeats = duplicates.settle(con, log, policies)
        read_as = {"date_format": date_format, "decimal": decimal}
        quarantine = verdicts.quarantine(con, spec, log, read_as)
        files = accounting.rows_per_file(con, log, until)
        visible = sum(file["rows_read"] - file["after_as_of"] for file in files.values())
        accounting.stop_if_too_many(quarantine, visible, max_quarantine_share, f"{where}.path")
        _, last = verdicts.accepted_days(spec, log, where)
        seen_until = until.date() if until else last + timedelta(days=1)
        log = verdicts.let_go(con, log)
        on_phase("making orders")
        by_customer = numbered.order if seen is None else None
        found = [bought(con, spec, log, by_customer, where, keep_zero=policies.zero_amount == "keep")]
        amounts = found[0].rows["amount"]
        making = aside.submit(_make_orders, found, keys, on_orders)
        outliers = signals.outliers(amounts)  # meanwhile the keys are made
        identities = customers_of_purchases(con, log, keys.result())
        on_phase("reading tables")
        setting = Setting(
            root=root,
            as_of=seen_until,
            max_quarantine_share=max_quarantine_share,
            pepper=pepper,
            now=now,
            timezone=policies.timezone,
            links=links,
            spelled=spelled,
            no_customers=identity.no_customers(con),
            anonymous_left_out=policies.missing_customer_id == "leave_out",
        )
        read = read_tables(tables, to_pandas(identities.select(["customer_id"]))["customer_id"], setting)
        on_phase("counting")
        purchases = accounting.purchases(con)
        given_back, of_returns = _returns(con, spec, policies, purchases, read, pepper)
        of_policies = {**repeats, "returns": of_returns}
        of_policies |= policy_counts(con, spec, policies)
        alike = identity.alike(identities["customer_id"])
        by_id = in_order_of_texts(whole(identities["customer_id"]))
        vault = identities.select(["customer_key", "customer_id"]).take(by_id)
        on_identities(vault)
        orders = making.result()
        counts = accounting.counts(files, quarantine, purchases, orders, signals.customers(orders))
        counts["policies"] |= of_policies
        counts["alike_ids"] = alike
        counts["outliers"] = outliers
        counts["left_truncation"] = signals.left_truncation(orders)
    counts |= _about_sources(spec, log, read_as, read, lookups)
    return Ingested(orders, vault, given_back, quarantine, counts, seen_until, read, lookups)


def _about_sources(
    spec: OrderSource, log: Raw, read_as: Mapping[str, str], tables: list[TableRead], lookups: list[Lookup]
) -> dict[str, Any]:
    """Say what is off for want of columns and tables, and how the log and the others were read."""
    missing = [name for name, theirs in order_columns(spec).items() if theirs is None]
    columns_off = [name for name in missing if contracts.ORDER_LOG.column(name).feeds]
    return {
        "columns_off": columns_off,
        "switched_off": contracts.ORDER_LOG.switched_off(columns_off),
        "tables": summary(tables),
        "lookups": {lookup.name: lookup.counts for lookup in lookups},
        "read_as": {"encoding": log.encodings, "delimiter": log.delimiters, **read_as},
    }


def _make_orders(
    found: list[Bought], keys: Future[pa.Table], on_orders: Callable[[Iterator[pa.Table]], object]
) -> pa.Table:
    """Make orders of what was bought, the only one in the list, and hand them over part by part."""
    order = by_customer_and_time(found[0])
    made: SimpleQueue[pa.Table | None] = SimpleQueue()
    on_orders(iter(made.get, None))
    parts = []
    try:
        for part in orders_of(found.pop().rows, order, keys.result()):  # what is popped leaves the memory
            made.put(part)
            parts.append(part)
    finally:
        made.put(None)  # nobody waits for more
    orders = pa.concat_tables(parts)
    contracts.check(orders, contracts.ORDERS)
    return orders


def _returns(
    con: Connection,
    spec: OrderSource,
    policies: Policies,
    purchases: accounting.Purchases,
    tables: list[TableRead],
    pepper: bytes,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Match what the log and the returns table give back, and count it."""
    listed = next((table.rows for table in tables if table.contract.name == "returns"), None)
    if purchases.given_back or listed is not None:
        by_lines = spec.columns.order_id is not None
        found = returns.match(con, listed, by_lines=by_lines, policies=policies, pepper=pepper)
        counts = returns.counts(con, found, purchases)
    else:  # as in many logs: a dozen statements, two of them over all rows, to find nothing
        found, counts = returns.nothing()
    contracts.check(found, contracts.RETURNS)
    return found, counts
