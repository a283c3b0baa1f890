"""The BG/NBD of CDNOW from a cold start: import, read the summary, fit, each package in a process of its own.

    python benchmarks/cdnow.py --runs 3 --python clvkit=PYTHON --python pymc-marketing=PYTHON

prints a Markdown table: CPU and wall seconds of the whole process (medians), its peak memory, the parameters,
and the log likelihood of these by our function. PYTHON is the interpreter of an environment that has the
package; one that is not given is `not installed`. pymc-marketing finds the mode of a posterior (MAP), whose
priors depend on the unit of time: it is no maximum of the likelihood.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import pandas as pd

from pipeline.btyd import BGNBD

PROJECT = Path(__file__).parents[1]
END = "1997-09-30"
READ = "import sys, json, pandas as pd; summary = pd.read_csv(sys.argv[1]);"
CODE = {
    "ours": """
from pipeline.btyd import BGNBD
summary[["recency", "T"]] *= 7
found = BGNBD().fit(summary).parameters""",
    "lifetimes": """
from lifetimes import BetaGeoFitter
found = BetaGeoFitter().fit(summary["frequency"], summary["recency"], summary["T"]).params_""",
    "clvkit": """
from clvkit.clv.bgnbd import BGNBD
from clvkit.customer_base import CustomerBase
base = CustomerBase(summary.set_index("customer_id"), time_unit="W", collapse="D", has_monetary=False,
                    observation_period_end=pd.Timestamp("1997-09-30"), on_negative="net")
found = BGNBD().fit(base).params_""",
    "pymc-marketing": """
from pymc_marketing.clv import BetaGeoModel
model = BetaGeoModel(data=summary)
model.build_model()
fit = model.fit(method="map", progressbar=False).posterior
found = {name: fit[name].values.ravel()[0] for name in ("r", "alpha", "a", "b")}""",
}
PRINT = '\nprint(json.dumps({name: float(found[name]) for name in ("r", "alpha", "a", "b")}))'


def cdnow() -> pd.DataFrame:
    """Summarise the calibration period of the sample in lifetimes, in weeks; a day's orders are one."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / "datasets/CDNOW_sample.txt"
    log = pd.read_csv(path, sep=r"\s+", header=None, names=["all", "customer", "date", "cds", "amount"])
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    dates = log.loc[log["date"] <= END, ["customer", "date"]].drop_duplicates().groupby("customer")["date"]
    return pd.DataFrame(
        {
            "frequency": dates.size() - 1,
            "recency": (dates.max() - dates.min()).dt.days / 7,
            "T": (pd.Timestamp(END) - dates.min()).dt.days / 7,
        }
    ).rename_axis("customer_id")


def measure(code: str, python: str, path: Path) -> tuple[float, float, float, dict[str, float]]:
    """Run one process: its CPU seconds, wall seconds, peak MiB, and what it found."""
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT) if python == sys.executable else "",
        "OMP_NUM_THREADS": "1",
    }
    started = time.monotonic()
    process = subprocess.Popen(
        [python, "-W", "ignore", "-c", READ + code + PRINT, str(path)],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{python} ended with status {status}")
    wall = time.monotonic() - started
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, json.loads(printed.splitlines()[-1])


def main() -> None:
    """Measure every package that is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--python", action="append", default=[], metavar="PACKAGE=PYTHON")
    given = parser.parse_args()
    pythons = dict(one.split("=", 1) for one in given.python) | dict.fromkeys(
        ("ours", "lifetimes"), sys.executable
    )
    summary = cdnow()
    in_days = summary.assign(recency=summary["recency"] * 7, T=summary["T"] * 7)
    print("| | CPU s | wall s | peak MiB | r, alpha, a, b | log likelihood |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cdnow.csv"
        summary.to_csv(path)
        for package, code in CODE.items():
            if package not in pythons:
                print(f"| {package} | not installed | | | | |", flush=True)
                continue
            runs = [measure(code, pythons[package], path) for _ in range(given.runs)]
            cpu, wall, peak = map(median, zip(*(run[:3] for run in runs), strict=True))
            found = runs[0][3]
            reached = BGNBD.from_parameters(**found).log_likelihood(in_days)
            values = ", ".join(f"{value:.4f}" for value in found.values())
            print(
                f"| {package} | {cpu:.1f} | {wall:.1f} | {peak:,.0f} | {values} | {reached:.4f} |", flush=True
            )


if __name__ == "__main__":
    main()
