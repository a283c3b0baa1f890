"""Work on all cores where NumPy and Arrow let go of the interpreter."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Item = TypeVar("Item")
Result = TypeVar("Result")


def on_all_cores(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what the function makes of each item, in the order of the items."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def taken(values: npt.NDArray[Any], places: npt.NDArray[np.integer]) -> npt.NDArray[Any]:
    """Return ``values[places]``."""
    return np.concatenate(on_all_cores(values.take, np.array_split(places, os.cpu_count() or 1)))


def put(values: npt.NDArray[Any], places: npt.NDArray[np.integer], into: npt.NDArray[Any]) -> None:
    """Set ``into[places]`` to the values; no place is there twice."""

    def put_part(part: slice) -> None:
        into[places[part]] = values[part]

    cores = os.cpu_count() or 1
    ends = [len(places) * core // cores for core in range(cores + 1)]
    on_all_cores(put_part, map(slice, ends, ends[1:]))
