"""Which churn horizon the rhythm of the shop suggests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.preflight.floors import unmet

HORIZONS = (7, 14, 28, 30, 60, 90, 180, 365)
"""The horizons people plan in, in days."""

NEARLY = 0.85  # of the time within which nine of ten repeat orders arrive

WINDOWS = 3
"""Horizons that have to fit into the log: one of history, one to learn from, one to test on."""


def longer_horizon(report: Mapping[str, Any]) -> int | None:
    """Give the recommended horizon of a preflight report where it is what the churn model lacks.

    Too few came back within the configured one, and the recommended one is longer and fits into the log.
    """
    configured, recommended = (report["horizon"][name] for name in ("configured", "recommended"))
    lacking = [floor.name for floor in unmet(report, "churn")]
    if lacking != ["retained_customers"] or not recommended:
        return None
    days: int = recommended["days"]
    return days if configured["days"] < days <= report["horizon"]["longest"] else None


def recommend_horizon(p90_gap_days: float | None, days_of_log: int) -> int | None:
    """Recommend `churn.horizon_days`: the time within which nine of ten repeat orders arrive.

    The 90th percentile of all observed gaps between order days, rounded up to the next of `HORIZONS`, or
    down by 15 % at most: where regular customers come at many paces, far fewer than nine of ten gaps end
    within three quarters of it. The longest that fits three times into the log where that is shorter.

    Parameters
    ----------
    p90_gap_days : float or None
        None when nobody has ordered on two days. Gaps that are still open are not in it, so it leans to the
        short side: docs/preflight.md.
    days_of_log : int

    Returns
    -------
    int or None
        None without a gap, or when the log is shorter than three weeks.
    """
    fitting = [days for days in HORIZONS if WINDOWS * days <= days_of_log]
    if p90_gap_days is None or not fitting:
        return None
    return next((days for days in fitting if days >= NEARLY * p90_gap_days), fitting[-1])
