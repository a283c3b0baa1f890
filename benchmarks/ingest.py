"""Ingest large CSVs, side by side with a bare DuckDB read_csv to Parquet of the same file.

    python benchmarks/ingest.py --rows 10_000_000 --runs 5

makes four order logs (the same bytes every time): `narrow` has the three columns that are needed and no
other, `numbered` the order number as well, `wide` is the export of a shop system, of which half of the
columns are used, in `lines` an order has three rows on average. On each it runs both in turn, each in a
process of its own, and prints a Markdown table of medians. `ingest` is the stage as `dvc repro` runs it, from
the file to all its outputs; the start-up of Python counts for both.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import yaml

PROJECT = Path(__file__).parents[1]
LOG = Path("data/raw/orders.csv")
FIRST_DAY = np.datetime64("2019-01-01", "s")
SECONDS = 5 * 365 * 24 * 3600
ROWS_PER_CUSTOMER = 10
BLOCK_ROWS = 1_000_000
FIRST_ORDER = 100_000_000
NEEDED = {"customer_id": "customer_id", "ordered_at": "ordered_at"}
OF_ORDERS = {"order_id": "order_number", "status": "status", "channel": "channel"}
COLUMNS = {  # by log: our name to the log's
    "narrow": {**NEEDED, "amount": "amount"},
    "numbered": {**NEEDED, "order_id": "order_number", "amount": "amount"},
    "wide": {**NEEDED, **OF_ORDERS, "amount": "amount"},
    "lines": {**NEEDED, **OF_ORDERS, "product_id": "sku", "quantity": "quantity", "unit_price": "price"},
}
BARE = f"""
import duckdb
duckdb.execute("COPY (FROM read_csv('{LOG}')) TO 'bare.parquet' (COMPRESSION zstd)")
"""

Column = npt.NDArray[Any]


class Usage(NamedTuple):
    """What a process took: seconds by the clock, of CPU and of that in the kernel, largest memory in MiB."""

    wall: float
    cpu: float
    kernel: float
    peak: float


def write_log(path: Path, log: str, rows: int, seed: int = 7) -> None:
    """Write orders in the order of time: customers who buy at very different rates, prices to the cent."""
    rng = np.random.default_rng(seed)
    share = np.cumsum(rng.gamma(0.5, size=max(1, rows // ROWS_PER_CUSTOMER)))
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = None
    for start in range(0, rows, BLOCK_ROWS):
        block = pa.table(_block(rng, log, share, start, min(BLOCK_ROWS, rows - start), rows))
        if writer is None:
            plain = pa.csv.WriteOptions(quoting_style="none")
            writer = pa.csv.CSVWriter(path, block.schema, write_options=plain)
        writer.write_table(block)
    if writer:
        writer.close()


def _block(
    rng: np.random.Generator, log: str, share: Column, start: int, size: int, rows: int
) -> dict[str, Column]:
    """Draw the columns of the rows from `start` on."""
    order = np.arange(size)
    if log == "lines":
        order = np.repeat(order, 1 + rng.poisson(2, size))[:size]
    orders = order[-1] + 1
    who = np.searchsorted(share, rng.random(orders) * share[-1])[order]
    when = np.sort((start + rng.random(orders) * size) / rows * SECONDS).astype("timedelta64[s]")[order]
    cents = np.maximum(1, rng.lognormal(8.2, 0.9, size))
    made = {
        "customer_id": np.char.mod("C%08d", who),
        "ordered_at": FIRST_DAY + when,
        "amount": np.char.mod("%.2f", cents / 100),
    }
    if log == "narrow":
        return made
    made["order_number"] = np.char.mod("%d", FIRST_ORDER + start + order)
    if log == "numbered":
        return made

    def drawn(**shares: float) -> Column:
        chosen: Column = rng.choice(list(shares), orders, p=list(shares.values()))
        return chosen[order]

    made |= {
        "status": drawn(completed=0.95, processing=0.04, cancelled=0.01),
        "channel": drawn(web=0.6, app=0.2, store=0.2),
        "country": drawn(DE=0.8, AT=0.1, CH=0.06, NL=0.04),
    }
    if log == "lines":
        made["price"] = made.pop("amount")
        made["quantity"] = np.char.mod("%d", 1 + rng.poisson(0.4, size))
        made["sku"] = np.char.mod("SKU-%05d", rng.integers(0, 20_000, size))
        return made
    return made | {
        "payment": drawn(paypal=0.4, card=0.3, invoice=0.2, sepa=0.1),
        "items": np.char.mod("%d", 1 + rng.poisson(1.5, size)),
        "shipping": np.char.mod("%.2f", rng.choice([0, 4.9, 6.9], size)),
        "tax": np.char.mod("%.2f", cents * 0.19 / 119),
        "coupon": drawn(none=0.85, WELCOME10=0.06, SUMMER=0.05, VIP5=0.04),
    }


def write_params(path: Path, log: str) -> None:
    """Write the project's parameters with the log as their source."""
    params = yaml.safe_load((PROJECT / "params.yaml").read_text(encoding="utf-8"))
    orders = params["sources"]["orders"]
    orders["path"] = str(LOG)
    orders["columns"] = COLUMNS[log]
    path.write_text(yaml.safe_dump(params), encoding="utf-8")


def measure(code: list[str], folder: Path) -> Usage:
    """Run Python in the folder and wait for it."""
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, *code], cwd=folder, env=env, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status:
        raise SystemExit(f"{code} ended with {os.waitstatus_to_exitcode(status)}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_stime, used.ru_maxrss / 1024)


def compare(log: str, rows: int, runs: int) -> None:
    """Make the log, run both in turn, print their medians as rows of the table."""
    ways = {"bare DuckDB": ["-c", BARE], "ingest": ["-m", "pipeline.stages.ingest"]}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_log(folder / LOG, log, rows)
        write_params(folder / "params.yaml", log)
        size = (folder / LOG).stat().st_size / 1e6
        used: dict[str, list[Usage]] = {way: [] for way in ways}
        for _ in range(runs):
            for way, code in ways.items():
                used[way].append(measure(code, folder))
    bare, *_ = medians = [Usage(*map(median, zip(*each, strict=True))) for each in used.values()]
    for way, one in zip(ways, medians, strict=True):
        print(
            f"| {log}, {size:,.0f} MB | {way} | {one.wall:.1f} | {one.cpu:.1f} | {one.kernel:.1f} "
            f"| {one.peak:,.0f} | {one.wall / bare.wall:.2f} | {one.cpu / bare.cpu:.2f} |",
            flush=True,
        )


def main() -> None:
    """Print the table, log by log."""
    parser = argparse.ArgumentParser(description="Ingest large CSVs, side by side with bare DuckDB.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--log", nargs="+", choices=list(COLUMNS), default=list(COLUMNS))
    given = parser.parse_args()
    print(f"{given.rows:,} rows, {os.cpu_count()} cores, medians of {given.runs}\n")
    print("| log | | wall s | CPU s | of it kernel | peak MiB | times the wall | times the CPU |")
    print("|---|---|---|---|---|---|---|---|")
    for log in given.log:
        compare(log, given.rows, given.runs)


if __name__ == "__main__":
    main()
