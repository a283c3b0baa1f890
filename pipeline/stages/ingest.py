"""Read the shop's order log and its optional tables into typed rows; quarantine what cannot be read."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pipeline.params import Params
from pipeline.privacy.pseudonyms import pepper_from
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io, optional
from pipeline.tables.ingest import ingest_orders


def ingest(params: Params) -> None:
    """Write orders, returns, the optional tables, quarantine, the id vault and the counts."""
    pepper, is_demo = pepper_from(os.environ)
    source = params.sources.orders
    done = ingest_orders(
        source,
        root=Path.cwd(),
        as_of=params.as_of,
        now=datetime.now(),
        max_quarantine_share=params.ingest.max_quarantine_share,
        pepper=pepper,
    )
    setting = optional.Setting(Path.cwd(), done.as_of, params.ingest.max_quarantine_share, pepper)
    tables = optional.read_tables(params.sources.optional, done.identities["customer_id"], setting)
    fingerprint = io.write_parquet(done.orders, files.ORDERS)
    io.write_parquet(done.returns, files.RETURNS)
    io.write_parquet(optional.all_quarantined(done.quarantine, tables), files.QUARANTINE)
    io.write_parquet(done.identities, files.IDENTITIES, private=True)
    io.write_json({**done.counts, "tables": optional.summary(tables)}, files.METRICS / "ingest.json")
    optional.write(tables, files.TABLES)
    # Data that ship inside a package are public: their keys need no secret.
    paths = [source.path, *(table.path for table in params.sources.optional.values())]
    unprotected = is_demo and not all(path.startswith("package:") for path in paths)
    log = {
        "as_of": done.as_of,
        "first_day": done.orders["ordered_at"].min().date(),
        "last_day": done.orders["ordered_at"].max().date(),
        "fingerprint": fingerprint[:16],
        "demo_pepper": unprotected,
    }
    io.write_json(log, files.LOG)
    if unprotected:
        warn("CHURN_PEPPER is not set: whoever has a list of ids can tell the keys. Set it before sharing.")
    counts = done.counts
    say(
        f"ingest: {counts['rows_read']:,} rows read, {counts['quarantined']:,} quarantined; "
        f"{len(done.orders):,} orders of {len(done.identities):,} customers before {done.as_of}"
    )
    for table in tables:
        name, read = table.contract.name, table.counts
        say(f"{name}: {read['rows_read']:,} rows read, {read['quarantined']:,} quarantined")


if __name__ == "__main__":
    run(ingest)
