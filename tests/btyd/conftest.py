"""CDNOW, the data set of the papers: 2,357 customers, calibrated on 39 weeks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest


def cdnow_order_days() -> pd.DataFrame:
    """Orders of the sample, same-day orders merged."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations is not None
    log = pd.read_csv(
        Path(package.submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master_id", "customer", "date", "cds", "amount"],
    )
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return log.groupby(["customer", "date"], as_index=False)["amount"].sum()


def summarise(order_days: pd.DataFrame, end: str) -> pd.DataFrame:
    """Frequency, recency, T in days; mean amount of the repeat days with a positive amount."""
    seen = order_days[order_days["date"] <= end]
    dates = seen.groupby("customer")["date"]
    summary = pd.DataFrame(
        {
            "frequency": dates.size() - 1,
            "recency": (dates.max() - dates.min()).dt.days,
            "T": (pd.Timestamp(end) - dates.min()).dt.days,
        }
    )
    repeat = seen[(seen["date"] > dates.transform("min")) & (seen["amount"] > 0)]
    amounts = repeat.groupby("customer")["amount"]
    summary["monetary_value"] = amounts.mean().reindex(summary.index, fill_value=0.0)
    summary["spend_days"] = amounts.size().reindex(summary.index, fill_value=0)
    return summary


@pytest.fixture(scope="session")
def order_days() -> pd.DataFrame:
    return cdnow_order_days()


@pytest.fixture(scope="session")
def cdnow(order_days: pd.DataFrame) -> pd.DataFrame:
    """39 weeks of calibration, and the order days of the 39 weeks after it."""
    summary = summarise(order_days, "1997-09-30")
    later = order_days[order_days["date"] > "1997-09-30"].groupby("customer").size()
    return summary.assign(future_orders=later.reindex(summary.index, fill_value=0))


@pytest.fixture(scope="session")
def cdnow_78w(order_days: pd.DataFrame) -> pd.DataFrame:
    return summarise(order_days, "1998-06-30")
