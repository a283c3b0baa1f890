"""Times in which the shop took no orders, and windows that tell of the shop and not of its customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.features.cutoffs import YEAR_DAYS

A_WEEK = 7  # less is a holiday
BESIDE = 28  # days before and after a silence that tell what was to be expected in it: whole weeks
FEWEST_EXPECTED = 7  # orders; under a Poisson law none come in fewer than one case in a thousand (exp(-7))
STRAY = 0.05  # share of what was to be expected that may come all the same: by phone, as a test, booked late
MOSTLY_OPEN = 0.5  # share of days with an order; a shop with fewer bills by the month or opens on Saturdays
IN_CLUMPS = 1 / 3  # share of a year that lies in silences of more than a week: orders come in clumps
FEWEST_SILENCES = 3  # in that year; fewer are a season, or closures
UNHEARD_OF = 3  # times as long as the longest before it
NOTICED = 0.25  # share of a horizon from which on closed days change who counts as churned

Days = npt.NDArray[np.int64]


class Closure(NamedTuple):
    """Days on which no order was to be had, all of one run."""

    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last_day - self.first_day).days + 1


def is_noticed(closed_days: int, horizon_days: int) -> bool:
    """Tell whether so many closed days matter in a horizon."""
    return closed_days >= NOTICED * horizon_days


class OpenDays:
    """Tells from the orders by day when the shop was closed.

    A closure is a week or more without any order in which seven were to be expected, where orders come on
    half of the days or more: by the mean, and the share of days, of the four weeks before it, of those after
    it and of the same days a year ago, whichever is least. So a shop whose season is over is not closed (but
    in the first year of the log), one that bills by the month is not between its bills, and one that opens
    again is slow at first. Weekdays need no care, for every silence has whole weeks in it. A few stray orders
    do not end a closure that is silent for more than a week before and after them.

    Where orders come in clumps, around events or bills, the days beside a silence tell nothing of it: a third
    of the year before it (in the first year, of the one after) lies in three silences of more than a week, or
    more. There a closure is, from the second year of the log on, more than three times as long as any silence
    before it that was none, and seven orders were to be expected in it by all days before it, and by all
    after it.

    Parameters
    ----------
    ordered_at : Series of timestamps
        One per order, in any order; the last days of the log may be empty, those before its first order do
        not count.
    """

    def __init__(self, ordered_at: pd.Series[pd.Timestamp]) -> None:
        day = ordered_at.to_numpy().astype("datetime64[D]")
        self._first: date = day.min().item()
        self._orders = np.bincount((day - day.min()).astype(np.int64))

    def closures(self, until: date) -> Iterator[Closure]:
        """Find the closures, as known on the evening before a day; the last of them may go on.

        Later orders change nothing of what is found.
        """
        orders = np.zeros(max((until - self._first).days, 0), dtype=np.int64)
        known = self._orders[: len(orders)]
        orders[: len(known)] = known
        busy = np.append(np.flatnonzero(orders), len(orders))
        is_long = np.diff(busy) > A_WEEK
        starts, ends = busy[:-1][is_long] + 1, busy[1:][is_long]
        over = 0
        usual: list[int] = []
        for first, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start < over:
                continue
            clumps = _come_in_clumps(starts, ends, first, len(orders))
            if clumps and (usual or start < YEAR_DAYS):
                over = end if _is_unheard_of(orders, start, end, usual) else over
            elif _is_open(orders[:start][-BESIDE:]):
                later = _later_ends(starts, ends, first, len(orders)) if start >= A_WEEK else []
                over = next((to for to in (*later, end) if _is_closed(orders, start, to)), over)
            if over < end:
                usual.append(end - start)
            else:
                yield Closure(*(self._first + timedelta(days=int(day)) for day in (start, over - 1)))

    def is_mostly_open(self, until: date) -> bool:
        """Tell whether orders came on half of the days before a day, or more: customers may order any day."""
        return _is_open(self._orders[: (until - self._first).days])

    def tells(self, start: date, horizon_days: int) -> bool:
        """Tell whether the shop was open long enough in a window to learn from it, as known at its end."""
        end = start + timedelta(days=horizon_days)
        closed = sum(
            max((one.last_day - max(one.first_day, start)).days + 1, 0) for one in self.closures(end)
        )
        return not is_noticed(closed, horizon_days)


def _later_ends(starts: Days, ends: Days, first: int, known: int) -> list[int]:
    """List where a closure may end that begins with a silence and has strays in it, the latest first.

    That it is over has to be known for a week.
    """
    last = first
    while last + 1 < len(starts) and starts[last + 1] - ends[last] <= A_WEEK:
        last += 1
    return [end for end in ends[first + 1 : last + 1][::-1].tolist() if end + A_WEEK <= known]


def _come_in_clumps(starts: Days, ends: Days, asked: int, known: int) -> bool:
    """Tell whether orders come in clumps in the year before a silence, in the first year in that after."""
    start, end = starts[asked], ends[asked]
    first, over = (start - YEAR_DAYS, start) if start >= YEAR_DAYS else (end, min(end + YEAR_DAYS, known))
    beside = (starts >= first) & (starts < over)
    silent = (np.minimum(ends, over) - starts)[beside]
    return len(silent) >= FEWEST_SILENCES and bool(silent.sum() >= IN_CLUMPS * (over - first))


def _is_unheard_of(orders: Days, start: int, end: int, silences: Sequence[int]) -> bool:
    """Tell whether a silence is far longer than all before it, and orders were to be expected in it."""
    if start < YEAR_DAYS or not silences or end - start <= UNHEARD_OF * max(silences):
        return False
    expected = (end - start) * min(days.mean() for days in (orders[:start], orders[end:]) if len(days))
    return bool(expected >= FEWEST_EXPECTED)


def _is_open(orders: Days) -> bool:
    return bool((orders > 0).mean() >= MOSTLY_OPEN)


def _is_closed(orders: Days, start: int, end: int) -> bool:
    """Tell whether orders were to be expected on the days from start to before end, and hardly any came."""
    before = min(end - YEAR_DAYS, start)  # of a closure of years, no day of its own
    year_ago = orders[start - YEAR_DAYS : before] if start >= YEAR_DAYS else orders[:0]
    others = (orders[:start][-BESIDE:], orders[end:][:BESIDE], year_ago)
    usual = [days for days in others if len(days)]
    expected = (end - start) * min(days.mean() for days in usual)
    came = orders[start:end].sum()
    return all(map(_is_open, usual)) and expected >= FEWEST_EXPECTED and came <= STRAY * expected
