"""Shapley values of small games, by all subsets of their players.

A game gives a value to each subset of its players. What a player is worth is the mean of what it adds when it
joins, over all orders in which the players can join (Shapley 1953). The subsets of d players are numbered
from 0 to 2^d - 1: player j is in subset s where bit j of s is set.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def joining_weights(players: int) -> Floats:
    """Give ``k! (d - k - 1)! / d!`` for k = 0 … d - 1: the weight of a subset of k others that one joins."""
    orders = [factorial(k) * factorial(players - k - 1) / factorial(players) for k in range(players)]
    return np.array(orders, dtype=np.float64)


@cache
def subset_weights(players: int) -> Floats:
    """Give the matrix that takes the values of a game to the players' worth.

    The value of a subset with j counts for j, that without j against it, with `joining_weights`.

    Returns
    -------
    numpy.ndarray
        Shape (2^players, players), read-only.
    """
    is_in = members(players)
    size = is_in.sum(axis=1, keepdims=True)
    orders = joining_weights(players)
    joined, left = orders[np.maximum(size - 1, 0)], orders[np.minimum(size, players - 1)]
    weights: Floats = np.where(is_in, joined, -left)
    weights.flags.writeable = False
    return weights


def members(players: int) -> NDArray[np.bool_]:
    """Tell who is in which subset; shape (2^players, players)."""
    return np.asarray((np.arange(2**players)[:, None] >> np.arange(players)) & 1, dtype=bool)


def shapley_values(values: Floats) -> Floats:
    """Give each player's worth.

    Parameters
    ----------
    values : numpy.ndarray
        Value of each subset, shape (..., 2^players).

    Returns
    -------
    numpy.ndarray
        Shape (..., players); each row sums to the value of all players less that of none.
    """
    # One subset after the other: a matrix product may sum differently from machine to machine.
    weights = subset_weights(values.shape[-1].bit_length() - 1)
    parts = [values[..., subset, None] * weight for subset, weight in enumerate(weights)]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)
