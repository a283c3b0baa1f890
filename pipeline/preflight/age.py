"""How old the data are today, in words."""

from __future__ import annotations

from datetime import date

from pipeline.counted import counted
from pipeline.horizon import horizon_until


def age(last_order_on: date, today: date) -> str:
    """Write how old the last order is; one of tomorrow, in another time zone, is of today."""
    return f"{counted(max((today - last_order_on).days, 0)):day/days}"


def over(last_order_on: date, as_of: date, horizon_days: int, today: date) -> str | None:
    """Tell that the days looked ahead to are over, if they are: what is predicted then is the past."""
    until = horizon_until(as_of, horizon_days)
    if until >= today:
        return None
    return (
        f"the last order is {age(last_order_on, today)} old, and the days that are looked ahead to, "
        f"{as_of} to {until}, are over. If the shop is closed, or there is a newer file, act on none of this"
    )
