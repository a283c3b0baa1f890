"""Fits and lifetime values next to the `lifetimes` package, on the same customers.

    OMP_NUM_THREADS=1 python benchmarks/btyd.py --runs 3

draws customers (the same every time), runs every task of either package in a process of its own, and prints
a Markdown table of medians: CPU seconds of the call without imports, peak memory of the process, and how much
higher our log likelihood is by the formula of `lifetimes`; a task that takes one more than ten CPU seconds is
run once. `--most 100000` leaves out the larger sizes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from pipeline.btyd import MBGNBD, MODELS, GammaGamma, simulate

PROJECT = Path(__file__).parents[1]
WORKER = [sys.executable, __file__, "--work"]
ENV = {**os.environ, "PYTHONPATH": str(PROJECT)}
DAYS_PER_WEEK = 7.0
LONG = 10.0  # CPU seconds
FITTERS = {
    "bgnbd": "BetaGeoFitter",
    "mbgnbd": "ModifiedBetaGeoFitter",
    "paretonbd": "ParetoNBDFitter",
    "gammagamma": "GammaGammaFitter",
}
TASKS = [
    *((name, size) for name in ("bgnbd", "mbgnbd", "gammagamma") for size in (10_000, 100_000, 1_000_000)),
    ("clv", 1_000_000),
    ("clv, every T distinct", 1_000_000),
    *(("paretonbd", size) for size in (10_000, 100_000)),
]


def draw_customers(n: int, seed: int = 7) -> pd.DataFrame:
    """Two years of customers with order days, and amounts to the cent."""
    rng = np.random.default_rng(seed)
    model = MBGNBD.from_parameters(r=0.6, alpha=5.0, a=0.8, b=2.4)
    drawn = simulate(model, rng.integers(1, 731, n).astype(np.float64), seed)
    recency = np.minimum(np.ceil(drawn["recency"]), drawn["T"]).astype(np.int64)
    days = np.minimum(drawn["frequency"], recency)
    amounts = rng.gamma(6.25 * np.maximum(days, 1)) / np.maximum(days, 1) / rng.gamma(3.74, 1 / 15.44, n)
    return pd.DataFrame(
        {
            "frequency": days,
            "recency": np.where(days > 0, recency, 0),
            "T": drawn["T"].astype(np.int64),
            "monetary_value": np.where(days > 0, np.maximum(np.round(amounts, 2), 0.01), 0.0),
            "spend_days": days,
        }
    )


def ours(task: str, customers: pd.DataFrame) -> list[float]:
    """Run the task with this project."""
    if task.startswith("clv"):
        orders = MODELS["bgnbd"].from_parameters(r=0.316, alpha=3.53, a=0.853, b=4.09)
        spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
        value = orders.discounted_orders(customers, 360, 0.1) * spend.expected_order_value(customers)
        return [float(value.sum())]
    model = GammaGamma() if task == "gammagamma" else MODELS[task]()
    return list(model.fit(customers).parameters.values())


def theirs(task: str, customers: pd.DataFrame) -> list[float]:
    """Run the task with lifetimes."""
    import lifetimes

    x, t_x, T = customers["frequency"], customers["recency"] / DAYS_PER_WEEK, customers["T"] / DAYS_PER_WEEK
    if task.startswith("clv"):
        orders = MODELS["bgnbd"].from_parameters(r=0.316, alpha=3.53, a=0.853, b=4.09).to_lifetimes()
        spend = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44).to_lifetimes()
        monthly = 1.1 ** (1 / 12) - 1
        value = spend.customer_lifetime_value(
            orders, x, t_x, T, customers["monetary_value"], time=12, discount_rate=monthly, freq="W"
        )
        return [float(value.sum())]
    fitter = getattr(lifetimes, FITTERS[task])()
    if task == "gammagamma":
        buyers = customers[x > 0]
        return list(fitter.fit(buyers["spend_days"], buyers["monetary_value"]).params_)
    return list(fitter.fit(x, t_x, T).params_)


def their_log_likelihood(task: str, parameters: list[float], customers: pd.DataFrame) -> float:
    """Mean log likelihood of parameters, by the function of lifetimes."""
    import lifetimes

    fitter, logs = getattr(lifetimes, FITTERS[task]), np.log(parameters)
    if task == "gammagamma":
        buyers = customers[customers["spend_days"] > 0]
        columns = [buyers["spend_days"], buyers["monetary_value"]]
    else:
        columns = [customers["frequency"], *(customers[name] / DAYS_PER_WEEK for name in ("recency", "T"))]
    ones = np.ones(len(columns[0]))
    given = [column.to_numpy(dtype=float) for column in columns]
    if task == "paretonbd":  # the only one that takes the parameters themselves
        return float(fitter._conditional_log_likelihood(parameters, *given).mean())
    return -float(fitter._negative_log_likelihood(logs, *given, ones, 0.0))


def work(package: str, task: str, path: str) -> None:
    """Do one task in this process and print what it took; or draw customers."""
    warnings.simplefilter("ignore")
    if package == "draw":
        draw_customers(int(task)).to_parquet(path)
        return
    if package == "lifetimes":
        import lifetimes  # noqa: F401 (imports are not part of what is measured)
    customers = pd.read_parquet(path)
    if task.endswith("distinct"):
        customers["T"] += np.random.default_rng(1).random(len(customers))
    started = time.process_time()
    result = (ours if package == "ours" else theirs)(task, customers)
    cpu = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reached = None if task.startswith("clv") else their_log_likelihood(task, result, customers)
    print(json.dumps({"cpu": cpu, "peak": peak, "result": result, "reached": reached}))


def measure(package: str, task: str, path: Path) -> dict[str, Any]:
    """Run a process for one task."""
    code = [*WORKER, package, task, str(path)]
    done = subprocess.run(code, env=ENV, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def repeat(package: str, task: str, path: Path, runs: int) -> list[dict[str, Any]]:
    """Run a task some times; once, if it takes long."""
    first = measure(package, task, path)
    return [first, *(measure(package, task, path) for _ in range(1, runs) if first["cpu"] < LONG)]


def main() -> None:
    """Draw the customers, run everything, print the table."""
    parser = argparse.ArgumentParser(description="BTYD fits, side by side with lifetimes.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most", type=int, default=1_000_000, help="largest number of customers")
    parser.add_argument("--only", help="one task, by its name in the table")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work(*given.work)
        return
    print(
        "| | customers | lifetimes CPU s / MiB | ours CPU s / MiB | times less CPU | log likelihood gained |"
    )
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for task, size in TASKS:
            if size > given.most or given.only not in (None, task):
                continue
            path = Path(folder) / f"{size}.parquet"
            if not path.exists():
                # In another process too: a child's peak is never below that of the process that started it.
                subprocess.run([*WORKER, "draw", str(size), str(path)], env=ENV, check=True)
            runs = [repeat(package, task, path, given.runs) for package in ("lifetimes", "ours")]
            (their_cpu, their_peak), (our_cpu, our_peak) = (
                (median(run["cpu"] for run in some), median(run["peak"] for run in some)) for some in runs
            )
            reached = [some[0]["reached"] for some in runs]
            gain = "" if None in reached else f"{(reached[1] - reached[0]) * size:+.4f}"
            if task.startswith("clv"):
                theirs_sum, ours_sum = (some[0]["result"][0] for some in runs)
                gain = f"total {ours_sum / theirs_sum - 1:+.2%}"
            print(
                f"| {task} | {size:,} | {their_cpu:.2f} / {their_peak:,.0f} "
                f"| {our_cpu:.3f} / {our_peak:,.0f} "
                f"| {their_cpu / our_cpu:.0f} | {gain} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
