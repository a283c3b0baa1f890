"""Read the shop's order log into typed orders; quarantine what cannot be read."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from pipeline.params import Params
from pipeline.privacy.pseudonyms import pepper_from
from pipeline.stages import files
from pipeline.stages.shell import run, say, warn
from pipeline.tables import io
from pipeline.tables.ingest import Ingested, ingest_orders


def ingest(params: Params) -> None:
    """Write orders, returns, quarantine, the id vault and the counts."""
    _, is_demo = pepper_from(os.environ)
    source = params.sources.orders
    done = read_orders(params)
    fingerprint = io.write_parquet(done.orders, files.ORDERS)
    io.write_parquet(done.returns, files.RETURNS)
    io.write_parquet(done.quarantine, files.QUARANTINE)
    io.write_parquet(done.identities, files.IDENTITIES, private=True)
    io.write_json(done.counts, files.METRICS / "ingest.json")
    # Data that ship inside a package are public: their keys need no secret.
    unprotected = is_demo and not source.path.startswith("package:")
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


def read_orders(params: Params) -> Ingested:
    """Read and judge the source that the parameters name, without writing anything."""
    pepper, _ = pepper_from(os.environ)
    return ingest_orders(
        params.sources.orders,
        root=Path.cwd(),
        as_of=params.as_of,
        now=datetime.now(),
        max_quarantine_share=params.ingest.max_quarantine_share,
        pepper=pepper,
    )


if __name__ == "__main__":
    run(ingest)
