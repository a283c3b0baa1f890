"""Run every stage on a large shop: what each takes of time and memory.

    python benchmarks/scale.py --customers 500_000

makes the order log of a shop (the same bytes every time), runs the stages of dvc.yaml one after the other
with default parameters, each in a process of its own, and prints a Markdown table. Without `--customers` it
is the shop of params.yaml. `--folder` keeps what was made, and `--stages` runs some of them again there.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from ingest import LOG, PROJECT, Usage, measure, write_params

from pipeline.btyd import BGNBD, GammaGamma, simulate_orders

FIRST_DAY = np.datetime64("2021-01-01")
LOG_DAYS = 3 * 365
MODEL = BGNBD.from_parameters(r=0.7, alpha=5.0, a=0.8, b=2.6)
SPEND = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)


def write_shop(path: Path, customers: int, seed: int = 7) -> None:
    """Write three years of orders of customers who joined on any day of them; about five orders each."""
    rng = np.random.default_rng(seed)
    born = rng.integers(0, LOG_DAYS, customers)
    orders = simulate_orders(MODEL, (LOG_DAYS - born).astype(np.float64), seed)
    who = orders["customer"].to_numpy()
    p, q, gamma = SPEND.parameters.values()
    amount = rng.gamma(p, 1 / rng.gamma(q, 1 / gamma, customers)[who])
    log = pd.DataFrame(
        {
            "customer_id": who,
            "ordered_at": FIRST_DAY + (born[who] + np.floor(orders["day"].to_numpy())).astype(np.int64),
            "amount": np.maximum(amount, 0.01),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    log.sort_values(["ordered_at", "customer_id"]).to_csv(path, index=False, float_format="%.2f")


def run_stages(folder: Path, wanted: Sequence[str]) -> Iterator[tuple[str, Usage]]:
    """Run the stages in the order of dvc.yaml, in which each comes after those it depends on."""
    stages = yaml.safe_load((PROJECT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for name, stage in stages.items():
        if not wanted or name in wanted:
            yield name, measure(shlex.split(stage["cmd"])[1:], folder)


def main() -> None:
    """Make the shop, run the stages, print the table."""
    parser = argparse.ArgumentParser(description="Run every stage on a large shop.")
    parser.add_argument("--customers", type=int, help="default: the shop of params.yaml")
    parser.add_argument("--folder", type=Path, help="default: a temporary one")
    parser.add_argument("--stages", nargs="+", default=[], help="default: all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if given.customers and not (folder / LOG).exists():
            write_shop(folder / LOG, given.customers)
        if given.customers:
            write_params(folder / "params.yaml", "narrow")
        else:
            shutil.copy(PROJECT / "params.yaml", folder)
        print("| stage | wall s | CPU s | peak MiB |\n|---|---|---|---|")
        total = []
        for name, used in run_stages(folder, given.stages):
            total.append(used)
            print(f"| {name} | {used.wall:.1f} | {used.cpu:.1f} | {used.peak:,.0f} |", flush=True)
        wall, cpu, peak = (sum(u.wall for u in total), sum(u.cpu for u in total), max(u.peak for u in total))
        print(f"| all | {wall:.1f} | {cpu:.1f} | {peak:,.0f} |")


if __name__ == "__main__":
    main()
