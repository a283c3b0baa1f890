"""What is odd about a log as a whole: reported, never acted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables.columns import as_numbers

NORMAL_MAD = 1.4826  # a normal distribution's standard deviation is so many median absolute deviations
ROBUST_DEVIATIONS = 5
FIRST_WEEKS = 4
MIN_WEEKS = 16
MIN_BIRTHS = 30
SUSPICIOUS_RATIO = 2.0
LONE_SHARE, A_QUARTER, A_YEAR = 0.01, timedelta(days=90), timedelta(days=365)
AS_LONG_AS_BEFORE = 1.25  # seasons do not open on the same day each year
MANY_AT_ONCE = 0.2  # fewer orders: more than by people who order twice at once
BLOCK_ROWS = 1 << 20
MIN_SHARED, SHARED_SHARE, SHARED_RATIO = 30, 0.01, 10

Spell = tuple[int, date, date]


def outliers(amounts: pa.ChunkedArray) -> dict[str, Any]:
    """Set the largest orders beside the bulk of them, and the one in the middle.

    On logarithms amounts are near to symmetric: the limit is five standard deviations, estimated robustly,
    above the median. There is none where half of the orders and more have the same amount.

    Parameters
    ----------
    amounts : pyarrow.ChunkedArray of decimal64
        Of the orders, none of them below zero.
    """
    paid, counts = _distinct(amounts)
    paid, counts = paid[paid > 0], counts[paid > 0]
    if not len(paid):
        nothing = dict.fromkeys(("median_order", "largest_order", "p999", "robust_limit"), None)
        return nothing | {"orders_above_limit": 0}
    sizes = np.log(paid)
    middle = _median(sizes, counts)
    distances = np.abs(sizes - middle)
    nearest = np.argsort(distances)
    spread = NORMAL_MAD * _median(distances[nearest], counts[nearest])
    limit = float(np.exp(middle + ROBUST_DEVIATIONS * spread)) if spread > 0 else None
    return {
        "median_order": _median(paid, counts),
        "largest_order": float(paid[-1]),
        "p999": float(paid[np.searchsorted(counts.cumsum(), 0.999 * counts.sum())]),
        "robust_limit": limit,
        "orders_above_limit": int(counts[paid > limit].sum()) if limit else 0,
    }


def _distinct(amounts: pa.ChunkedArray) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the distinct amounts, which are few as prices repeat, ascending, and how often each is there."""
    numbers, counts = pc.value_counts(as_numbers(amounts)).flatten()
    order = np.argsort(numbers.to_numpy())
    return numbers.view(amounts.type).cast(pa.float64()).to_numpy()[order], counts.to_numpy()[order]


def _median(values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> float:
    """Return the median of sorted values, each there so many times."""
    last = counts.cumsum()
    middle = np.searchsorted(last, [(last[-1] + 1) // 2, last[-1] // 2 + 1])
    return float(values[middle].mean())


def shared_account(orders: pd.DataFrame) -> int:
    """Count the orders of the customer under whose key many seem to buy; 0 if there is none.

    It is a till, or "0" for those without an account: it has a hundredth of all orders at least, and ten
    times as many as anybody else.
    """
    counts = _bincount(_customers(orders))
    if len(counts) < 2:
        return 0
    next_most, most = np.partition(counts, -2)[-2:].tolist()
    return int(most) if stands_for_many(most, next_most, len(orders)) else 0


def stands_for_many(most: int, next_most: int, rows: int) -> bool:
    """Tell whether the id with the most rows, beside the next, is that of many people."""
    return most >= max(MIN_SHARED, SHARED_SHARE * rows, SHARED_RATIO * next_most)


def at_once(orders: pd.DataFrame) -> float:
    """Give the share by which orders, sorted, would be fewer if those of a customer at one time were one.

    Where no order id tells which rows are lines of one order, many such orders are lines.
    """
    who, when = _customers(orders), orders["ordered_at"].to_numpy()
    return float(((who[1:] == who[:-1]) & (when[1:] == when[:-1])).sum() / len(orders))


def lone_start(spells: Sequence[Spell], orders: int) -> Spell | None:
    """Find a few orders that lie more than a year before all others: as a rule their dates are wrong.

    Parameters
    ----------
    spells : sequence of tuple
        From `spells`.
    orders : int
        How many there are.

    Returns
    -------
    tuple of int, date, date, or None
        How many (below a hundredth of all), the last day of them and the first day of the others.
    """
    few = [
        (before, last, first)
        for before, last, first in spells
        if first - last > A_YEAR and before < LONE_SHARE * orders
    ]
    return few[-1] if few else None


def lone_end(spells: Sequence[Spell], orders: int) -> Spell | None:
    """Find a few orders that lie more than a quarter after all others: beside them everybody looks gone.

    Not where the log has had as long a spell before: a shop that opens for a season begins each with a few.
    Parameters as those of `lone_start`.

    Returns
    -------
    tuple of int, date, date, or None
        How many (below a hundredth of all), the last day of the others and the first day of them.
    """
    longest = timedelta()
    for before, last, first in spells:
        after, enough = orders - before, LONE_SHARE * orders
        if after < enough:
            return (after, last, first) if first - last > AS_LONG_AS_BEFORE * longest else None
        if before >= enough:
            longest = max(longest, first - last)
    return None


def spells(orders: pd.DataFrame) -> list[Spell]:
    """List the spells of more than a quarter without an order.

    Returns
    -------
    list of tuple of int, date, date
        How many orders lie before, the last day before and the first after.
    """
    times = orders["ordered_at"].to_numpy()
    first = times.min().astype("datetime64[D]")
    per_day = _bincount(times, lambda some: (some.astype("datetime64[D]") - first).astype(np.int64))
    days = np.flatnonzero(per_day)
    before = per_day.cumsum()[days]
    return [
        (int(before[n]), (first + days[n]).item(), (first + days[n + 1]).item())
        for n in np.flatnonzero(np.diff(days) > A_QUARTER.days)
    ]


def _customers(orders: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Return the customers as numbers, without the copy that `cat.codes` is."""
    customers: Any = orders["customer_key"].array
    codes: npt.NDArray[np.int32] = customers.codes
    return codes


def _bincount(
    values: npt.NDArray[Any], numbers: Callable[[npt.NDArray[Any]], npt.NDArray[Any]] = lambda some: some
) -> npt.NDArray[np.intp]:
    """Count what the values are as numbers from 0, in blocks, for each is copied on the way."""
    counts = np.zeros(0, np.intp)
    for start in range(0, len(values), BLOCK_ROWS):
        found = np.bincount(numbers(values[start : start + BLOCK_ROWS]), minlength=len(counts))
        found[: len(counts)] += counts
        counts = found
    return counts


def left_truncation(orders: pd.DataFrame) -> dict[str, Any]:
    """Ask whether orders, sorted, start in the middle of the customers' lives.

    Where they do, customers who have long been there appear as new in the first weeks: more first orders than
    the shop wins customers later. The later rate is the median week of the second half of the log. None at
    all then is a closed cohort, followed from its start on purpose, not a log that starts too late.

    Returns
    -------
    dict
        `suspected`, `first_orders_per_week_at_start` (mean of the first four weeks) and `…_later`; None for
        a log too short to tell. `settled_on`: where suspected, the first day of the first week from which on
        it would not be.
    """
    weeks = _births_by_week(orders)
    if len(weeks) < MIN_WEEKS:
        return {
            "suspected": False,
            "first_orders_per_week_at_start": None,
            "first_orders_per_week_later": None,
            "settled_on": None,
        }
    at_start, later = sum(weeks[:FIRST_WEEKS]), median(weeks[len(weeks) // 2 :])
    rate = at_start / FIRST_WEEKS
    suspected = at_start >= MIN_BIRTHS and later > 0 and rate > SUSPICIOUS_RATIO * later
    settled_on = None
    if suspected:
        usual = SUSPICIOUS_RATIO * later
        calm = (n for n, births in enumerate(weeks) if max(births, mean(weeks[n : n + FIRST_WEEKS])) <= usual)
        first_day = orders["ordered_at"].min().date()
        settled_on = (first_day + timedelta(weeks=next(calm, len(weeks) // 2))).isoformat()
    return {
        "suspected": suspected,
        "first_orders_per_week_at_start": rate,
        "first_orders_per_week_later": later,
        "settled_on": settled_on,
    }


def _births_by_week(orders: pd.DataFrame) -> list[int]:
    """Count first orders per week of the log; a last week that is cut short is left out."""
    customers = _customers(orders)
    first = np.append(True, customers[1:] != customers[:-1])
    births = orders.loc[first, "ordered_at"].dt.normalize()
    weeks = (births - births.min()).dt.days // 7
    whole_weeks = ((orders["ordered_at"].max().normalize() - births.min()).days + 1) // 7
    counted: list[int] = np.bincount(weeks, minlength=whole_weeks)[:whole_weeks].tolist()
    return counted
