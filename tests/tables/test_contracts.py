from __future__ import annotations

import pandas as pd
import pytest

from pipeline.tables.contracts import Column, Contract, ContractError, check

CONTRACT = Contract(
    name="visits",
    grain="one visit",
    primary_key=("visitor", "at"),
    columns=(
        Column("visitor", "text", "Who"),
        Column("at", "time", "When"),
        Column("pages", "count", "How many", unit="pages", minimum=1),
        Column("note", "text", "Why", nullable=True),
    ),
)
KEPT = pd.DataFrame(
    {
        "visitor": ["a", "b"],
        "at": pd.to_datetime(["2021-01-01", "2021-01-01"]),
        "pages": [1, 2],
        "note": pd.Series(["x", None], dtype="str"),
    }
)


def test_a_kept_contract_is_silent() -> None:
    check(KEPT, CONTRACT)
    check(KEPT.iloc[:0], CONTRACT)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (KEPT.drop(columns="note"), r"visits: columns \['visitor', 'at', 'pages'\], promised"),
        (KEPT[["at", "visitor", "pages", "note"]], "visits: columns"),
        (KEPT.assign(pages=[1.5, 2.0]), "visits.pages: float64, promised count"),
        (KEPT.assign(at=["2021-01-01", "x"]), "visits.at: str, promised time"),
        (KEPT.assign(visitor=pd.Series(["a", None], dtype="str")), "visits.visitor: 1 values missing"),
        (KEPT.assign(pages=[0, 2]), "visits.pages: 0, promised at least 1"),
        (KEPT.assign(visitor="a"), "visits: rows repeat the key"),
    ],
)
def test_a_broken_contract_names_the_place(broken: pd.DataFrame, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        check(broken, CONTRACT)
