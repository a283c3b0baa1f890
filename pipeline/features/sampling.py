"""Some customers stand for all where more would cost time and teach nothing new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def some_customers(keys: pd.Series[str], most: int, seed: int) -> NDArray[Any]:
    """Choose customers at random, the same for any order of the rows.

    Parameters
    ----------
    keys : Series
        Customer keys, with repeats.
    most : int
        How many to choose; if there are no more, all of them.
    seed : int

    Returns
    -------
    ndarray
        Each once, in no order that means anything.
    """
    customers = np.sort(keys.unique())
    return customers if len(customers) <= most else np.random.default_rng(seed).permutation(customers)[:most]
