"""Read the shop's order log and its optional tables into typed rows; quarantine what cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from pipeline.counted import counted
from pipeline.errors import UserError
from pipeline.params import Params
from pipeline.privacy.pseudonyms import PEPPER_VARIABLE, pepper_from
from pipeline.stages import files
from pipeline.stages.shell import phases, run, say, warn
from pipeline.tables import io, optional
from pipeline.tables.ingest import PHASES, Ingested, ingest_orders
from pipeline.tables.policies import Policies
from pipeline.tables.signals import MANY_AT_ONCE, at_once, lone_start, shared_account

FLOAT = r"\d+\.0"
SCIENTIFIC = r"\d([.,]\d+)?[eE]\+\d+"
FARTHEST_EAST = timedelta(hours=14)  # the clock that is the most ahead of UTC: Kiribati


def ingest(params: Params) -> None:
    """Write orders, returns, the optional tables, quarantine, the id vault and the counts."""
    unprotected = _is_unprotected(params)
    with ThreadPoolExecutor(1) as aside:  # the orders take the longest to write, and use one core
        held_back = copy_context()
        written: list[Future[str]] = []

        def write(orders: pd.DataFrame) -> None:
            written.append(aside.submit(held_back.run, io.write_parquet, orders, files.ORDERS))

        done = read_orders(params, on_orders=write)
        returns = io.write_parquet(done.returns, files.RETURNS)
        tables = optional.write(done.tables, files.TABLES)
        io.write_parquet(done.all_quarantined(), files.QUARANTINE)
        io.write_parquet(done.identities, files.IDENTITIES, private=True)
        io.write_json(done.counts, files.METRICS / "ingest.json")
        hashes = {"orders": written[0].result(), "returns taken": returns, **tables}
    log = {
        "as_of": done.as_of,
        "first_day": done.orders["ordered_at"].min().date(),
        "last_day": done.orders["ordered_at"].max().date(),
        "fingerprint": sha256(io.json_text(hashes).encode()).hexdigest()[:16],
        "demo_pepper": unprotected,
        "own_pepper": not pepper_from(os.environ)[1],
    }
    io.write_json(log, files.LOG)
    if unprotected:
        warn(
            f"{PEPPER_VARIABLE} is not set: whoever has a list of ids can tell the keys. Set it before "
            "sharing, then make them anew: dvc repro -f ingest && make repro"
        )
    counts = done.counts
    say(
        f"ingest: {counted(counts['rows_read']):row/rows} read, {counts['quarantined']:,} quarantined, "
        f"{counts['left_out']:,} left out; "
        f"{counted(len(done.orders)):order/orders} of {counted(counts['customers']):customer/customers} "
        f"before {done.as_of}"
    )
    for table in done.tables:
        name, read = table.contract.name, table.counts
        left_out = f", {read['left_out']:,} left out" if read["left_out"] else ""
        judged = f"{counted(read['rows_read']):row/rows} read, {read['quarantined']:,} quarantined"
        say(f"{name}: {judged}{left_out}")


def _is_unprotected(params: Params) -> bool:
    """Tell whether keys of real customers are made without a secret; raise if the last ones had one."""
    paths = [params.sources.orders.path, *(table.path for table in params.sources.optional.values())]
    # Data that ship inside a package are public: their keys need no secret.
    if not pepper_from(os.environ)[1] or all((path or "").startswith("package:") for path in paths):
        return False
    if files.LOG.exists() and io.read_json(files.LOG).get("own_pepper"):
        raise UserError(
            "not set, but the last run had it: all customer keys would change, and be guessable",
            where=PEPPER_VARIABLE,
            valid=f"the secret of that run, where cron sees it too; or delete {files.LOG} to go on without",
        )
    return True


def read_orders(params: Params, on_orders: Callable[[pd.DataFrame], None] = lambda _: None) -> Ingested:
    """Read and judge the source that the parameters name, without writing anything.

    The orders are handed to `on_orders` as soon as they are made.
    """
    pepper, _ = pepper_from(os.environ)
    decided = params.ingest.model_dump(exclude={"max_quarantine_share", "births_from"})
    policies = Policies(
        **decided,
        currency=params.report.currency,
        id_map=params.sources.id_map,
        exchange_rates=params.sources.exchange_rates,
    )
    with phases(PHASES) as begin:
        done = ingest_orders(
            params.sources.orders,
            root=Path.cwd(),
            as_of=params.as_of,
            now=_now(params.ingest.timezone),
            max_quarantine_share=params.ingest.max_quarantine_share,
            pepper=pepper,
            policies=policies,
            tables=params.sources.optional,
            on_phase=begin,
            on_orders=on_orders,
        )
    _check_births(params.ingest.births_from, done)
    _check_ids(done)
    _check_lines(done)
    _check_dates(done)
    _check_changed(done)
    _check_states(params.ingest.cancelled_status, done)
    return done


def _now(timezone: str | None) -> datetime:
    """Tell the shop's wall clock, whatever the machine's is; of an unknown zone the latest that it can be."""
    if timezone:
        return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None)
    return datetime.now(UTC).replace(tzinfo=None) + FARTHEST_EAST


def _check_ids(done: Ingested) -> None:
    """Warn of ids that do not tell one customer from another."""
    ids, alike = done.identities["customer_id"], done.counts["alike_ids"]
    if rounded := int(ids.str.fullmatch(SCIENTIFIC).sum()):
        warn(
            f"{counted(rounded):customer id is/customer ids are} written like 1.23E+11: a spreadsheet has "
            "rounded them, and one may be several customers. Export that column as text."
        )
    if ids.str.fullmatch(FLOAT).all():
        warn(
            'all customer ids end in ".0": a program took them for numbers, and the CRM may know them '
            "without. Write them as whole numbers or as text."
        )
    if alike:
        warn(
            f"{counted(alike):customer id differs/customer ids differ} from another one in capitals "
            "alone. If these are the same people, set ingest.customer_ids: small_letters."
        )
    if orders := shared_account(done.orders):
        warn(
            f"one customer has {orders:,} of {len(done.orders):,} orders, ten times as many as anybody else "
            "or more. If that is how the shop writes people without an account, another column, such as the "
            "e-mail address, may tell who they are; ingest.exclude_customers leaves them out. churn inspect "
            "shows the id."
        )


def _check_lines(done: Ingested) -> None:
    """Warn of rows that seem to be lines of orders where nothing tells which belong together."""
    if "order_id" not in done.counts["columns_off"] or (share := at_once(done.orders)) <= MANY_AT_ONCE:
        return
    warn(
        f"there would be {share:.0%} fewer orders if what a customer buys at one time were one. If the rows "
        "are lines of orders, the KPIs count each as an order: map sources.orders.columns.order_id. Where "
        "there is none, churn inspect shows a query that makes one."
    )


def _check_dates(done: Ingested) -> None:
    """Warn of a few orders long before all others: they make a log of one year one of twenty."""
    if found := lone_start(done.orders):
        few, last, first = found
        warn(
            f"{few:,} of {counted(len(done.orders)):order/orders} lie before {last + timedelta(days=1)}, "
            f"more than a year before all others, which begin on {first}. If the dates are wrong, mend them "
            "or leave them out by a query (docs/bring-your-own-data.md, Tables that belong together)."
        )


def _check_changed(done: Ingested) -> None:
    """Warn of orders that a later file delivers again, but not as they were."""
    if changed := done.counts["policies"]["changed_orders"]:
        warn(
            f"{counted(changed):order comes/orders come} again in a later file, at the same time with other "
            "lines or amounts: all lines are summed. If the later file corrects the earlier one, read each "
            "order from its last file alone: docs/bring-your-own-data.md, Tables that belong together."
        )


def _check_states(cancelled: Sequence[str], done: Ingested) -> None:
    """Warn where a log has states, and none of an order that came to nothing."""
    if cancelled and "status" not in done.counts["columns_off"] and not done.counts["policies"]["cancelled"]:
        warn(
            "no order has one of the states of ingest.cancelled_status. If some came to nothing, the shop "
            "has another word for that: churn inspect lists the states."
        )


def _check_births(births_from: date | None, done: Ingested) -> None:
    """Warn of a log that starts in the middle of customers' lives; raise if nobody is born late enough."""
    first, last = done.counts["first_order_on"], done.counts["last_order_on"]
    if births_from and births_from > last:
        raise UserError(
            f"{births_from} is after the last order: no customer would be left to learn from",
            where="ingest.births_from",
            valid=f"null, or a day from {first} to {last}",
        )
    if births_from is None and done.counts["left_truncation"]["suspected"]:
        warn(
            "far more customers order for the first time in the first weeks of the log than later: it seems "
            "to start in the middle of their lives. Set ingest.births_from to a day after those weeks."
        )


if __name__ == "__main__":
    # It gives memory back at once, and takes no huge pages, which some virtual machines clear slowly.
    pa.set_memory_pool(pa.system_memory_pool())
    run(ingest)
