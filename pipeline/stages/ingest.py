"""Read the shop's order log and its optional tables into typed rows; quarantine what cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from pipeline.counted import counted
from pipeline.errors import UserError
from pipeline.params import Params
from pipeline.privacy.pseudonyms import PEPPER_VARIABLE, customer_keys, pepper_from
from pipeline.stages import files
from pipeline.stages.shell import phases, run, say, warn
from pipeline.tables import accounting, io
from pipeline.tables.ingest import PHASES, Ingested, ingest_orders
from pipeline.tables.memory import keep_freed
from pipeline.tables.optional import tables as optional
from pipeline.tables.orders.policies import Policies
from pipeline.tables.remarks import chooses_states, remarks

FARTHEST_EAST = timedelta(hours=14)  # the clock that is the most ahead of UTC: Kiribati


def ingest(params: Params) -> None:
    """Write orders, returns, the optional tables, quarantine, the id vault and the counts."""
    pepper = _tag_of_pepper(params)
    with ThreadPoolExecutor(1) as aside:  # the orders take the longest to write, and use one core
        held_back = copy_context()
        written: list[Future[str]] = []

        def write(orders: Iterator[pa.Table]) -> None:
            written.append(aside.submit(held_back.run, io.write_parquet, orders, files.ORDERS))

        def write_vault(identities: pa.Table) -> None:
            io.write_parquet(identities, files.IDENTITIES, private=True)

        done = read_orders(params, on_orders=write, on_identities=write_vault)
        counts = done.counts | {"read_by": _digest_of_settings(params)}
        last = io.read_json(files.INGEST) if files.INGEST.exists() else {}
        accounting.stop_if_cut_short(last, counts, params.sources.section_of_log, files.INGEST)
        returns = io.write_parquet(done.returns, files.RETURNS)
        tables = optional.write(done.tables, files.TABLES)
        io.write_parquet(done.all_quarantined(), files.QUARANTINE)
        io.write_json(counts, files.INGEST)
        hashes = {"orders": written[0].result(), "returns taken": returns, **tables}
    log = {
        "as_of": done.as_of,
        "first_day": counts["first_order_on"],
        "last_day": counts["last_order_on"],
        "fingerprint": sha256(io.json_text(hashes).encode()).hexdigest()[:16],
        "demo_pepper": pepper is None and not _is_public(params),
        "pepper": pepper,
    }
    io.write_json(log, files.LOG)
    _tell(done, is_guessable=log["demo_pepper"])


def _tell(done: Ingested, *, is_guessable: bool) -> None:
    """Say how many rows went where, and warn of keys without a secret."""
    counts = done.counts
    if is_guessable:
        warn(
            f"{PEPPER_VARIABLE} is not set: whoever has a list of ids can tell the keys. Set it before "
            "sharing, then make them anew: dvc repro -f ingest && make repro"
        )
    say(
        f"ingest: {counted(counts['rows_read']):row/rows} read, {counts['quarantined']:,} quarantined, "
        f"{counts['left_out']:,} left out; "
        f"{counted(counts['orders']):order/orders} of {counted(counts['customers']):customer/customers} "
        f"before {done.as_of}"
    )
    for table in done.tables:
        name, read = table.contract.name, table.counts
        left_out = f", {read['left_out']:,} left out" if read["left_out"] else ""
        judged = f"{counted(read['rows_read']):row/rows} read, {read['quarantined']:,} quarantined"
        say(f"{name}: {judged}{left_out}")


def _digest_of_settings(params: Params) -> str:
    """Tell one way to read the log from another."""
    settings = params.model_dump(mode="json", include={"as_of", "sources", "ingest"})
    return sha256(io.json_text(settings).encode()).hexdigest()[:16]


def _is_public(params: Params) -> bool:
    """Tell data that ship inside a package: their keys need no secret."""
    paths = [params.sources.orders.path, *(table.path for table in params.sources.optional.values())]
    return all((path or "").startswith("package:") for path in paths)


def _tag_of_pepper(params: Params) -> str | None:
    """Tell one secret from another, None without one; raise unless it is that of the last run."""
    pepper, is_demo = pepper_from(os.environ)
    tag = None if is_demo else customer_keys(pd.Series(["a tag, no customer"]), pepper).item()
    last = io.read_json(files.LOG).get("pepper") if files.LOG.exists() else None
    if last in (None, tag) or (is_demo and _is_public(params)):
        return tag
    problem = "another secret than the last run had: all customer keys would change"
    if is_demo:
        problem = "not set, but the last run had it: all customer keys would change, and be guessable"
    raise UserError(
        problem,
        where=PEPPER_VARIABLE,
        valid=f"the secret of that run, where cron sees it too; or delete {files.LOG} to make all keys anew",
    )


def read_orders(
    params: Params,
    on_orders: Callable[[Iterator[pa.Table]], None] = lambda _: None,
    on_identities: Callable[[pa.Table], None] = lambda _: None,
) -> Ingested:
    """Read and judge the source that the parameters name, without writing anything.

    The orders are handed to `on_orders` part by part as they are made, the identities to `on_identities`.
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
            on_identities=on_identities,
            where=f"sources.{params.sources.section_of_log}",
        )
    _check_births(params.ingest.births_from, done)
    cancelled = () if chooses_states(params.sources.orders) else params.ingest.cancelled_status
    told = list(remarks(done, params.ingest.births_from, cancelled, returns=params.ingest.returns))
    for remark in told:
        warn(remark.sentence)
    return replace(done, counts=done.counts | {"remarks": [remark.name for remark in told]})


def _now(timezone: str | None) -> datetime:
    """Tell the shop's wall clock, whatever the machine's is; of an unknown zone the latest that it can be."""
    if timezone:
        return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None)
    return datetime.now(UTC).replace(tzinfo=None) + FARTHEST_EAST


def _check_births(births_from: date | None, done: Ingested) -> None:
    """Raise if nobody is born late enough to be learned from."""
    first, last = done.counts["first_order_on"], done.counts["last_order_on"]
    if births_from and births_from > last:
        raise UserError(
            f"{births_from} is after the last order: no customer would be left to learn from",
            where="ingest.births_from",
            valid=f"null, or a day from {first} to {last}",
        )


if __name__ == "__main__":
    keep_freed()
    run(ingest)
