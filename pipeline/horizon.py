"""The days that a prediction is about."""

from __future__ import annotations

from datetime import date, timedelta


def horizon_until(cutoff: date, horizon_days: int) -> date:
    """Tell the last day of a horizon, whose first is the cutoff.

    Examples
    --------
    >>> horizon_until(date(2024, 1, 1), 31)
    datetime.date(2024, 1, 31)
    """
    return cutoff + timedelta(days=horizon_days - 1)
