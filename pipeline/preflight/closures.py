"""Closures that matter, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.counted import counted
from pipeline.features import is_noticed


def closure(report: Mapping[str, Any]) -> str | None:
    """Tell of the longest closure in a report of `preflight`, if it is long beside the horizon."""
    longest = max(report["closures"], key=lambda run: run["days"], default=None)
    if longest is None or not is_noticed(longest["days"], report["horizon"]["configured"]["days"]):
        return None
    days = f"{counted(longest['days']):day/days}"
    return (
        f"no or hardly any orders from {longest['from']} to {longest['to']} ({days}). If they are missing, "
        "deliver them; if the shop was closed, leave it at that: nobody ages in these days, and horizons "
        "that lie in them by a quarter or more are neither learned from nor tested on"
    )
