"""What `churn inspect` says of a column in which credit notes name the order they are of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tables.conftest import inspected
from tests.tables.inspection.drawn import given_back, pasted


def log(refers_to: str = "{order}", sign: str = "", kind: str = "Gutschrift", customer: str = "k{n}") -> str:
    """Twelve customers with a large order and a small one after it; part of the large one goes back."""
    rows = []
    for n in range(12):
        whose, back = f"k{n}", customer.format(n=n)
        rows += [
            f"R{n};Rechnung;0{1 + n % 9}.03.2024;{whose};90,00;",
            f"S{n};Rechnung;1{n % 9}.03.2024;{whose};20,00;",
            f"G{n};{kind};2{n % 9}.03.2024;{back};{sign}45,50;{refers_to.format(order=f'R{n}')}",
        ]
    return "\n".join(["Belegnr;Belegart;Datum;Kunde;Betrag;Bezug", *rows]) + "\n"


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_note_is_taken_off_the_order_it_names(sign: str, tmp_path: Path) -> None:
    found = inspected(tmp_path, log(sign=sign))
    assert '"Bezug" names another order of the customer in 12 rows' in dict(found.findings)["returns"]
    done = pasted(found, tmp_path)
    assert given_back(done) == 12 * 45_50
    assert done.counts["policies"]["returns"]["matched_by"] == {"order_id": 12}


def mostly_its_own() -> str:
    """Four of the credit notes name another order, the others themselves."""
    text = log()
    for n in range(4, 12):
        text = text.replace(f";R{n}\n", f";G{n}\n")
    return text


@pytest.mark.parametrize(
    "text",
    [log("A17{order}"), log(kind="Folgeauftrag"), log(customer="z{n}"), log(""), mostly_its_own()],
    ids=["no order", "nothing given back", "of another customer", "empty", "too few"],
)
def test_a_column_that_names_no_order_given_back_is_left_alone(text: str, tmp_path: Path) -> None:
    found = inspected(tmp_path, text)
    assert "returns" not in dict(found.findings)
    assert "coalesce" not in found.snippet
