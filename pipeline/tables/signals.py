"""What is odd about a log as a whole: reported, never acted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import mean, median
from typing import Any

import numpy as np
import numpy.typing as npt
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
DAYS = "datetime64[D]"
SMALL = 0.5  # of the median order: rounding to cents loses much of less
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


def customers(orders: pa.Table) -> int:
    """Count the customers of orders."""
    return sum(int(np.count_nonzero(_begins(whose))) for whose, _ in _parts(orders))


def shared_account(orders: pa.Table) -> int:
    """Count the orders of the customer under whose key many seem to buy; 0 if there is none.

    It is a till, or "0" for those without an account: it has a hundredth of all orders at least, and ten
    times as many as anybody else.
    """
    counts = _bincount(whose for whose, _ in _parts(orders))
    if len(counts) < 2:
        return 0
    next_most, most = np.partition(counts, -2)[-2:].tolist()
    return int(most) if stands_for_many(most, next_most, len(orders)) else 0


def stands_for_many(most: int, next_most: int, rows: int) -> bool:
    """Tell whether the id with the most rows, beside the next, is that of many people."""
    return most >= max(MIN_SHARED, SHARED_SHARE * rows, SHARED_RATIO * next_most)


def at_once(orders: pa.Table) -> float:
    """Give the share by which orders, sorted, would be fewer if those of a customer at one time were one.

    Where no order id tells which rows are lines of one order, many such orders are lines.
    """
    again = sum(
        np.count_nonzero((who[1:] == who[:-1]) & (when[1:] == when[:-1])) for who, when in _parts(orders)
    )
    return again / len(orders)


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


def spells(orders: pa.Table) -> list[Spell]:
    """List the spells of more than a quarter without an order.

    Returns
    -------
    list of tuple of int, date, date
        How many orders lie before, the last day before and the first after.
    """
    first = min(times.min() for _, times in _parts(orders)).astype(DAYS)
    per_day = _bincount((times.astype(DAYS) - first).astype(np.int64) for _, times in _parts(orders))
    days = np.flatnonzero(per_day)
    before = per_day.cumsum()[days]
    return [
        (int(before[n]), (first + days[n]).item(), (first + days[n + 1]).item())
        for n in np.flatnonzero(np.diff(days) > A_QUARTER.days)
    ]


def _parts(orders: pa.Table) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.datetime64]]]:
    """Give the customers of orders, as numbers, and the times part by part: no customer is in two."""
    for part in orders.select(["customer_key", "ordered_at"]).to_batches():
        customers, times = part.columns
        yield customers.indices.to_numpy(), times.to_numpy()


def _bincount(parts: Iterable[npt.NDArray[Any]]) -> npt.NDArray[np.intp]:
    """Count how often each number from 0 is in the parts."""
    counts = np.zeros(0, np.intp)
    for part in parts:
        found = np.bincount(part, minlength=len(counts))
        found[: len(counts)] += counts
        counts = found
    return counts


def left_truncation(orders: pa.Table) -> dict[str, Any]:
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
        first_day = pc.min(orders["ordered_at"]).as_py().date()
        settled_on = (first_day + timedelta(weeks=next(calm, len(weeks) // 2))).isoformat()
    return {
        "suspected": suspected,
        "first_orders_per_week_at_start": rate,
        "first_orders_per_week_later": later,
        "settled_on": settled_on,
    }


def _births_by_week(orders: pa.Table) -> list[int]:
    """Count first orders per week of the log; a last week that is cut short is left out."""
    births = _births(orders)
    last = max(times.max() for _, times in _parts(orders)).astype(DAYS)
    weeks = (births - births.min()).astype(np.int64) // 7
    whole_weeks = ((last - births.min()).astype(np.int64) + 1) // 7
    counted: list[int] = np.bincount(weeks, minlength=whole_weeks)[:whole_weeks].tolist()
    return counted


def newcomers(orders: pa.Table, since: date) -> int:
    """Count the customers of orders, sorted, whose first one is on a day or after it."""
    return int(np.count_nonzero(_births(orders) >= np.datetime64(since)))


def _births(orders: pa.Table) -> npt.NDArray[np.datetime64]:
    """Return the day of each customer's first order."""
    return np.concatenate([times[_begins(whose)] for whose, times in _parts(orders)]).astype(DAYS)


def _begins(customers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Tell where the orders of another customer begin."""
    return np.append(True, customers[1:] != customers[:-1])
