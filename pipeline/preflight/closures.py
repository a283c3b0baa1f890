"""Times without any order that are long enough to look like customers who left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.counted import counted

NOTICED = 0.25  # share of the horizon from which on silent days change who counts as churned
A_WEEK = 7  # less is a holiday


def closure(report: Mapping[str, Any]) -> str | None:
    """Tell of the longest run of silent days in a report of `preflight`, if it is long beside the horizon.

    Who would have ordered in it seems to have left, and who comes back after it to have been silent for long.
    """
    longest = max(report["silent_days"]["longest"], key=lambda run: run["days"], default=None)
    if longest is None or longest["days"] < max(A_WEEK, NOTICED * report["horizon"]["configured"]["days"]):
        return None
    return (
        f"no orders from {longest['from']} to {longest['to']} ({counted(longest['days']):day/days}). If they "
        "are missing, deliver them; if the shop was closed, models that learn from these days, or are tested "
        "on them, take the silence for customers who left"
    )
