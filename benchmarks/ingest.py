"""Ingest a large CSV, side by side with a bare DuckDB read_csv to Parquet of the same file.

    python benchmarks/ingest.py --rows 10_000_000 --runs 3

makes the order log (the same bytes every time), runs both in turn, each in a process of its own, and prints a
Markdown table of medians. `ingest` is the stage as `dvc repro` runs it, from the file to all its outputs; the
start-up of Python counts for both.
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
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

PROJECT = Path(__file__).parents[1]
LOG = Path("data/raw/orders.csv")
FIRST_DAY = np.datetime64("2019-01-01", "s")
YEARS = 5
ROWS_PER_CUSTOMER = 10
BLOCK_ROWS = 1_000_000
BARE = f"""
import duckdb
duckdb.execute("COPY (FROM read_csv('{LOG}')) TO 'bare.parquet' (COMPRESSION zstd)")
"""


class Usage(NamedTuple):
    """What a process took: seconds by the clock, seconds of CPU, largest resident memory in MiB."""

    wall: float
    cpu: float
    peak: float


def write_log(path: Path, rows: int, seed: int = 7) -> None:
    """Write orders in the order of time: customers who buy at very different rates, prices to the cent."""
    rng = np.random.default_rng(seed)
    customers = max(1, rows // ROWS_PER_CUSTOMER)
    share = np.cumsum(rng.gamma(0.5, size=customers))
    seconds = YEARS * 365 * 24 * 3600
    schema = pa.schema(
        [("customer_id", pa.string()), ("ordered_at", pa.timestamp("s")), ("amount", pa.string())]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.csv.CSVWriter(path, schema, write_options=pa.csv.WriteOptions(quoting_style="none")) as writer:
        for start in range(0, rows, BLOCK_ROWS):
            size = min(BLOCK_ROWS, rows - start)
            who = np.searchsorted(share, rng.random(size) * share[-1])
            when = np.sort((start + rng.random(size) * size) / rows * seconds).astype("timedelta64[s]")
            amount = np.char.mod("%.2f", np.maximum(1, rng.lognormal(8.2, 0.9, size)) / 100)
            ids = np.char.mod("C%08d", who)
            writer.write_table(pa.table([ids, FIRST_DAY + when, amount], schema=schema))


def write_params(path: Path) -> None:
    """Write the project's parameters with the log as their source."""
    params = yaml.safe_load((PROJECT / "params.yaml").read_text(encoding="utf-8"))
    orders = params["sources"]["orders"]
    orders["path"] = str(LOG)
    orders["columns"] |= {"customer_id": "customer_id", "ordered_at": "ordered_at", "amount": "amount"}
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
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Make the log, run both in turn, print the table."""
    parser = argparse.ArgumentParser(description="Ingest a large CSV, side by side with bare DuckDB.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    ways = {"bare DuckDB": ["-c", BARE], "ingest": ["-m", "pipeline.stages.ingest"]}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_log(folder / LOG, given.rows)
        write_params(folder / "params.yaml")
        size = (folder / LOG).stat().st_size / 1e6
        runs: dict[str, list[Usage]] = {way: [] for way in ways}
        for _ in range(given.runs):
            for way, code in ways.items():
                runs[way].append(measure(code, folder))
    print(f"{given.rows:,} rows, {size:,.0f} MB, {os.cpu_count()} cores, medians of {given.runs}\n")
    print("| | wall s | CPU s | peak MiB | times the wall | times the CPU |\n|---|---|---|---|---|---|")
    bare, *_ = medians = [Usage(*map(median, zip(*used, strict=True))) for used in runs.values()]
    for way, used in zip(ways, medians, strict=True):
        print(
            f"| {way} | {used.wall:.1f} | {used.cpu:.1f} | {used.peak:,.0f} "
            f"| {used.wall / bare.wall:.2f} | {used.cpu / bare.cpu:.2f} |"
        )


if __name__ == "__main__":
    main()
