"""Where the truth lies in what was predicted: P(X < x) and P(X <= x) at the orders and the spend that came.

Of a right distribution, a number drawn evenly between the two is evenly distributed over customers.
"""

from __future__ import annotations

import numpy as np

from pipeline.btyd._numerics import Floats
from pipeline.btyd.counttable import NEVER, Batch
from pipeline.btyd.spendtable import SpendTable, share_below

Range = tuple[Floats, Floats]


def order_range(batch: Batch, alive: Floats, came: Floats) -> Range:
    """Find the place of the orders that came; `alive` and `came` are those of the batch's customers."""
    below = np.pad(np.cumsum(batch.chances, axis=1), ((0, 0), (1, 0)))
    count = np.minimum(came.astype(np.int64), batch.chances.shape[1] - 1)
    low = np.where(count > 0, 1.0 - alive + alive * below[batch.group, count], 0.0)
    return _apart(low, 1.0 - alive + alive * below[batch.group, count + 1])


def spend_range(batch: Batch, table: SpendTable, alive: Floats, came: Floats) -> Range:
    """Find the place of the spend, in units of the posterior's scale; nothing spent is the step at zero."""
    high = 1.0 - alive + alive * share_below(table, batch.group, np.maximum(came, 0.0))
    return _apart(np.where(came > 0, high, 0.0), high)


def _apart(low: Floats, high: Floats) -> Range:
    """Keep the two a little apart, so that shares of what lies between them are numbers."""
    low = np.minimum(low, 1.0 - NEVER)
    return low, np.clip(high, low + NEVER, 1.0)
