"""Names that MLflow takes, from names that the shop gave: files, addresses, its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LONGEST_NAME = 250  # characters

_FORBIDDEN = re.compile(r"[^\w.\- /]")
# MLflow refuses names that would be another path once they are written as one: a//b, a/./b, a/../b, a/.
_NO_PATH = re.compile(r"/(?=/|\.{0,2}(?:/|$))")


def by_mlflow_name(named: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Give each value a name that MLflow takes for a metric, a parameter or a tag.

    What it forbids becomes an underscore; the middle of a name over 250 characters is left out. Names that
    are equal by then get a number, so that no value is lost.

    Examples
    --------
    >>> by_mlflow_name([("s3://shop/orders (1).csv", 7), ("s3://shop/orders [1].csv", 8)])
    {'s3__/shop/orders _1_.csv': 7, 's3__/shop/orders _1_.csv 2': 8}
    """
    named_as: dict[str, Any] = {}
    for name, value in named:
        allowed = _short(_NO_PATH.sub("_", _FORBIDDEN.sub("_", name)))
        free, count = allowed, 1
        while free in named_as:
            count += 1
            free = f"{allowed} {count}"
        named_as[free] = value
    return named_as


def _short(name: str) -> str:
    half = LONGEST_NAME // 2 - 5  # leaves room for the underscores and a number
    return name if len(name) <= 2 * half else f"{name[:half]}__{name[-half:]}"
