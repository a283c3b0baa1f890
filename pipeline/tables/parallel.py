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
    found = np.empty(len(places), values.dtype)
    # Without a check of the places each value goes where it belongs, not to a copy first.
    on_all_cores(lambda part: values.take(places[part], out=found[part], mode="clip"), parts_of(len(places)))
    return found


def put(values: npt.NDArray[Any], places: npt.NDArray[np.integer], into: npt.NDArray[Any]) -> None:
    """Set ``into[places]`` to the values; no place is there twice."""

    def put_part(part: slice) -> None:
        into[places[part]] = values[part]

    on_all_cores(put_part, parts_of(len(places)))


def sort(values: npt.NDArray[Any]) -> None:
    """Sort numbers in place: each core those that belong in its part."""
    parts = parts_of(len(values)) if len(values) > (os.cpu_count() or 1) else [slice(None)]
    borders = [part.start for part in parts[1:]]
    if borders:
        values.partition(borders)
    on_all_cores(lambda part: values[part].sort(), parts)


def parts_of(length: int) -> list[slice]:
    """Cut a length into as many parts as there are cores."""
    cores = os.cpu_count() or 1
    ends = [length * core // cores for core in range(cores + 1)]
    return list(map(slice, ends, ends[1:]))
