"""P(n orders) of everybody, in tables: one line for all who are alike, however many customers there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.histories import DAYS_PER_WEEK, Histories, starts_new
from pipeline.btyd.spendtable import AMOUNTS

NEVER = 1e-9  # probability of a count that is left out
_TAIL = 1e-5  # probability of more orders than are counted
_FEWEST, _MOST = 16, 1 << 14  # orders that are counted
_CELLS = 2_000_000  # of a table in memory


class Batch(NamedTuple):
    """Customers with the same number of spend days whose counts end at the same number.

    rows: their positions; group: which line of the tables is theirs; chances: P(n orders | alive), shape
    (groups, largest + 1), mean over the parameter sets; means: expected orders if alive, (sets, groups).
    """

    spend_days: int
    rows: Ints
    group: Ints
    chances: Floats
    means: Floats


def batches(
    models: Sequence[CountModel], histories: Histories, spend_days: Ints, horizon_days: float
) -> Iterator[Batch]:
    """Go through the distinct (spend days, x, T); each is counted as far as itself needs, not its batch."""
    # Recency tells how long a gap has lasted, which is of interest where gaps are regular.
    t_x = histories.t_x if models[0].gap_shape > 1 else np.zeros_like(histories.t_x)
    order = np.lexsort((t_x, histories.T, histories.x, spend_days))
    days, sorted_ = spend_days[order], histories.rows(order)
    first = np.flatnonzero(starts_new(days, sorted_.x, t_x[order], sorted_.T))
    last = np.append(first[1:], len(order))
    waiting, largest = np.arange(len(first)), _FEWEST
    while len(waiting):
        open_ = [waiting[:0]]
        for part in _parts(days[first[waiting]], largest):
            groups = waiting[part]
            chances, means = _mean_distribution(models, sorted_.rows(first[groups]), horizon_days, largest)
            done = (np.cumsum(chances, axis=1)[:, -1] > 1.0 - _TAIL) | (largest >= _MOST)
            open_.append(groups[~done])
            if done.any():
                starts, stops = first[groups[done]], last[groups[done]]
                group = np.repeat(np.arange(len(starts)), stops - starts)
                rows = order[np.concatenate(list(map(np.arange, starts, stops)))]
                yield Batch(int(days[starts[0]]), rows, group, chances[done], means[:, done])
        waiting, largest = np.concatenate(open_), 2 * largest


def _parts(days: Ints, size: int) -> Iterator[slice]:
    """Runs of equal days, cut so that a table of them fits into memory."""
    most = max(1, _CELLS // max(size, AMOUNTS))
    edges = np.flatnonzero(np.diff(days, prepend=-1, append=-1))
    for start, stop in pairwise(edges.tolist()):
        for low in range(start, stop, most):
            yield slice(low, min(low + most, stop))


def _mean_distribution(
    models: Sequence[CountModel], histories: Histories, horizon_days: float, largest: int
) -> tuple[Floats, Floats]:
    """P(n | alive), mean over the models, and the mean count of the living under each."""
    n, total, means = np.arange(largest + 1), np.zeros((len(histories.x), largest + 1)), []
    for model in models:
        chances = model._distribution_of_living(histories, horizon_days / DAYS_PER_WEEK, largest)
        total += chances
        means.append(np.cumsum(n * chances, axis=1)[:, -1])
    total /= len(models)
    total[total < NEVER] = 0.0
    return total, np.array(means)


def mean_of(sets: Sequence[Floats] | Floats) -> Floats:
    """Mean over the parameter sets, which rounds the same for one customer as for many."""
    return sum(sets, start=np.zeros(1)) / len(sets)
