"""Optional tables given as CSV texts, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from pipeline.privacy.pseudonyms import customer_keys
from pipeline.tables.contracts import OPTIONAL, QUARANTINE, check
from pipeline.tables.io import to_pandas
from pipeline.tables.optional.tables import TableRead

PEPPER = b"0123456789abcdef0123456789abcdef"
BUYERS = pd.Series(["a", "b", "c"], dtype="str")

Read = Callable[..., dict[str, TableRead]]


def keys(*ids: str) -> list[str]:
    return customer_keys(pd.Series(ids, dtype="str"), PEPPER).tolist()


def rows(table: TableRead) -> pd.DataFrame:
    return to_pandas(table.rows)


def broken(table: TableRead) -> list[tuple[int, str, str]]:
    found = table.quarantine
    check(found, QUARANTINE)
    return list(zip(found["line"], found["column"].fillna(""), found["rule"], strict=True))


def one_row(name: str) -> str:
    """Make a table of one row that keeps its contract and fills every column."""
    contract = OPTIONAL[name]

    def value(kind: str, column: Any) -> str:
        if column.allowed:
            return str(column.allowed[0])
        if kind == "time":
            return "2023-03-04"
        if column.entity == "customer":
            return "b" if column.name == "referee_id" else "a"
        number = column.minimum if column.minimum is not None else 1
        return {"flag": "no", "count": str(number), "money": "1.5", "number": "2"}.get(kind, "x1")

    return "\n".join([",".join(contract.names), ",".join(value(c.kind, c) for c in contract.columns)]) + "\n"
