"""P10, P50 and P90 of orders, spend and CLV for a million customers: CPU seconds and memory.

    python benchmarks/quantiles.py --customers 1_000_000

draws customers from each model (two years of births, a spend history each) and asks for the quantiles over 91
and 365 days, as the lifetime_value stage does at every cutoff. One model per process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from pipeline.btyd import BGNBD, MBGNBD, CountModel, GammaGamma, ParetoNBD, simulate
from pipeline.btyd.predictive import predict

# CDNOW's estimates, with the standard errors of a fit to a few thousand customers.
MODELS: dict[str, CountModel] = {
    "bgnbd": BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426),
    "mbgnbd": MBGNBD.from_parameters(r=0.525, alpha=6.183, a=0.891, b=1.614),
    "paretonbd": ParetoNBD.from_parameters(r=0.553, alpha=10.578, s=0.606, beta=11.669),
}
SPEND = GammaGamma.from_parameters(p=6.25, q=3.74, gamma=15.44)
STANDARD_ERROR = 0.05
HORIZONS = (91, 365)
LEVELS = (0.1, 0.5, 0.9)


def customers(model: CountModel, n: int) -> pd.DataFrame:
    """Draw summaries in whole days."""
    rng = np.random.default_rng(7)
    drawn = simulate(model, rng.integers(0, 731, n).astype(float), seed=3)
    recency = np.minimum(np.ceil(drawn["recency"]), drawn["T"]).astype(int)
    frequency = np.minimum(drawn["frequency"], recency)
    p, q, gamma = SPEND.parameters.values()
    days = np.maximum(frequency, 1)
    order_value = rng.gamma(p * days) / days * gamma / rng.gamma(q, 1.0, n)
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": np.where(frequency > 0, recency, 0),
            "T": drawn["T"].astype(int),
            "monetary_value": np.where(frequency > 0, order_value, 0.0),
            "spend_days": frequency,
        }
    )


def measure(name: str, n: int) -> None:
    """Print one line of the table."""
    model = MODELS[name]
    model.covariance = (np.eye(len(model.parameter_names)) * STANDARD_ERROR**2).tolist()
    SPEND.covariance = (np.eye(3) * STANDARD_ERROR**2).tolist()
    summary = customers(model, n)
    levels = np.tile(LEVELS, (n, 1))
    seconds = []
    for horizon_days in HORIZONS:
        before = time.process_time()
        predict(model, SPEND, summary, horizon_days, levels, levels)
        seconds.append(time.process_time() - before)
    distinct = len(summary[["spend_days", "frequency", "T"]].drop_duplicates())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cells = [name, f"{distinct:,}", *(f"{one:.1f}" for one in seconds), f"{sum(seconds):.1f}", f"{peak:,.0f}"]
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Measure every model in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--model", choices=MODELS)
    given = parser.parse_args()
    if given.model:
        measure(given.model, given.customers)
        return
    horizons = " | ".join(f"CPU s, {days} days" for days in HORIZONS)
    print(f"| model | distinct spend days, x, T | {horizons} | CPU s | peak MiB |", flush=True)
    print("|---|---|---|---|---|---|", flush=True)
    for name in MODELS:
        command = [sys.executable, __file__, "--model", name, "--customers", str(given.customers)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
