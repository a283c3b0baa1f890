"""A shop that does not exist, small enough to run every stage on it in seconds."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import runpy
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[1]
STAGES = list(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
RUN_STAGES = """
import runpy, sys
for stage in sys.argv[1:]:
    runpy.run_module(f"pipeline.stages.{stage}", run_name="__main__")
"""


def shop_log(customers: int = 600, days: int = 365, seed: int = 3) -> pd.DataFrame:
    """Simulate an order log: gamma-distributed rates, customers who leave for good, umlauts in the ids."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        name = f"{'Müller' if number % 7 else 'Groß'}-{number:04d}"
        rate, leaves = rng.gamma(0.8, 1 / 20), rng.exponential(200)
        day = born = rng.uniform(0, days - 30)
        while day < days and day - born < leaves:
            rows.append((name, day, round(rng.gamma(4, 10), 2)))
            day += rng.exponential(1 / rate) + 0.01
    log = pd.DataFrame(rows, columns=["kunde", "day", "betrag"])
    log["datum"] = (pd.Timestamp(2023, 1, 1) + pd.to_timedelta(log["day"], unit="D")).dt.strftime(
        "%Y-%m-%d %H:%M:%S"
    )
    return log.sort_values("day", ignore_index=True)[["kunde", "datum", "betrag"]]


def returns_of(orders: pd.DataFrame, whole: pd.Series, days: int) -> pd.DataFrame:
    """Give orders back after some days: where `whole` is 1 all of it, elsewhere half of the money."""
    netted = [
        amount if all_of_it else (amount / 2).quantize(Decimal("0.0001"))
        for amount, all_of_it in zip(orders["amount"], whole, strict=True)
    ]
    return pd.DataFrame(
        {
            "customer_key": orders["customer_key"],
            "returned_at": orders["ordered_at"] + pd.Timedelta(days=days),
            "ordered_at": orders["ordered_at"],
            "netted": netted,
            "orders_undone": whole,
            "lines_undone": whole * orders["lines"],
        }
    )


@dataclass(frozen=True)
class Workspace:
    """A folder with parameters and a raw log, in which stages can run as DVC runs them."""

    path: Path

    def write_log(self, log: pd.DataFrame | bytes) -> None:
        """Put the shop's file where the parameters expect it."""
        content = log if isinstance(log, bytes) else log.to_csv(index=False).encode()
        (self.path / "data/raw/orders.csv").write_bytes(content)

    def set(self, **values: object) -> None:
        """Change parameters: churn__horizon_days=30."""
        file = self.path / "params.yaml"
        tree = yaml.safe_load(file.read_text())
        for key, value in values.items():
            *parents, last = key.split("__")
            section = tree
            for parent in parents:
                section = section[parent]
            section[last] = value
        file.write_text(yaml.safe_dump(tree))

    def run(self, *stages: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run stages one after the other, up to the first that fails.

        They share a process, which spares all but the first the start of the libraries; tests/e2e/test_dvc.py
        gives each its own.
        """
        return subprocess.run(
            [sys.executable, "-W", "ignore::RuntimeWarning:runpy", "-c", RUN_STAGES, *stages],
            cwd=self.path,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def run_here(self, *stages: str) -> None:
        """Run stages in this process, which spares all of them that start; the first to fail raises."""
        with contextlib.chdir(self.path), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*found in sys.modules", RuntimeWarning)
            for stage in stages:
                runpy.run_module(f"pipeline.stages.{stage}", run_name="__main__")

    def json(self, name: str) -> Any:
        """The contents of a JSON file."""
        return json.loads((self.path / name).read_text())

    def copy(self, path: Path) -> Workspace:
        """Everything once more, to be changed."""
        shutil.copytree(self.path, path)
        return Workspace(path)

    def files(self, *folders: str) -> dict[str, bytes]:
        """The contents of all files below some folders."""
        return {
            str(file.relative_to(self.path)): file.read_bytes()
            for folder in folders
            for file in sorted((self.path / folder).rglob("*"))
            if file.is_file()
        }


def make_workspace(path: Path) -> Workspace:
    """Lay out a folder whose parameters read the simulated shop's columns."""
    (path / "data/raw").mkdir(parents=True)
    (path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    workspace = Workspace(path)
    use_simulated_shop(workspace)
    return workspace


def use_simulated_shop(workspace: Workspace) -> None:
    """Point the parameters at the simulated shop's file and make the run a quick one."""
    workspace.set(
        sources__orders__path="data/raw/orders.csv",
        sources__orders__columns={
            "customer_id": "kunde",
            "ordered_at": "datum",
            "amount": "betrag",
            "order_id": None,
        },
        churn__horizon_days=60,
        evaluate__bootstrap_resamples=20,
        snapshots__training_cutoffs=3,
        report__currency="EUR",
    )


SAID = "said.txt"
"""What the stages of `run_before_track` wrote to the terminal."""


def run_before_track(path: Path, log: pd.DataFrame, **env: str) -> Workspace:
    """Run every stage but `track` on a log, in a workspace of its own."""
    workspace = make_workspace(path)
    workspace.write_log(log)
    done = workspace.run(*STAGES[: STAGES.index("track")], **env)
    assert done.returncode == 0, done.stderr
    (path / SAID).write_text(done.stdout + done.stderr)
    return workspace


@pytest.fixture(scope="session", autouse=True)
def _no_server() -> None:
    """Runs of tests are nobody else's."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """MLflow and `track` set variables for their process; each test starts as a new one would."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return make_workspace(tmp_path / "shop")


@pytest.fixture(scope="session")
def log() -> pd.DataFrame:
    """The simulated order log."""
    return shop_log()


Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder that every worker of pytest-xdist reads: the first to ask for it fills it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        path, is_made = root / name, root / f"{name}.made"
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_made.exists():
                shutil.rmtree(path, ignore_errors=True)
                fill(path)
                is_made.touch()
        return path

    return make


@pytest.fixture(scope="session")
def scored(once: Once, log: pd.DataFrame) -> Workspace:
    """A shop with the results of the default models; look, do not change."""
    return Workspace(once("scored", lambda path: run_before_track(path, log, OMP_NUM_THREADS="1")))
