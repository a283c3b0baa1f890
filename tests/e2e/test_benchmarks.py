"""The commands behind the tables of benchmarks/README.md still run; to measure takes a quiet machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("command", "rows"),
    [
        ("ingest.py --rows 300 --runs 1", ["narrow", "wide", "lines"]),
        ("scale.py --customers 300 --stages ingest", ["ingest", "all"]),
    ],
)
def test_the_table_is_printed(command: str, rows: list[str]) -> None:
    script, *options = command.split()
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first_cells = {
        line.split("|")[1].split(",")[0].strip() for line in done.stdout.splitlines() if "|" in line
    }
    assert set(rows) <= first_cells
