"""Which column is the customer, the date, the amount and so on: by its name and by its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.counted import counted

ENOUGH = 0.8  # share of a column's values that must read as dates or numbers to be taken for them
BY_NAME_ALONE = 2
FEW = 4  # different values, at most, of a column of yes and no

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
AN_ID = r"(nr|nummer|no|num|number|id|key|code|kennung)$"
AN_ORDER = (
    r"auftrag|bestell|order|rechnung|invoice|beleg|bon|basket|"
    r"transakt|transact|receipt|warenkorb|purchase|kauf"
)
PERSON = (
    r"kunde|kaeufer|besteller|customer|client|buyer|shopper|household|haushalt|member|mitglied|donor|spender|"
    r"debitor|user|nutzer|cust(?!om)"
)


@dataclass(frozen=True)
class Names:
    """What a role's columns are called: one of `any_of`, more surely with `more`, less with `less`."""

    any_of: str
    more: str
    less: str

    def rate(self, name: str) -> int:
        """Rate a plain name: 0 says nothing, 2 and more names the role."""
        if not re.search(self.any_of, name):
            return 0
        return (
            BY_NAME_ALONE
            + bool(re.search(self.more, name))
            - BY_NAME_ALONE * bool(re.search(self.less, name))
        )


ROLES = {
    "ordered_at": Names(
        r"datum|date|zeit|time|tag$|^day|am$|at$|on$",
        AN_ORDER,
        r"geburt|birth|liefer|ship|deliver|versand|updat|geaendert|modif|storno|faellig|due|paid|zahl|"
        r"regist|since|seit",
    ),
    "amount": Names(
        r"betrag|umsatz|summe|total|amount|gesamt|wert|value|revenue|sales|spend|price|preis|netto|brutto|erloes",
        r"betrag|umsatz|summe|total|amount|gesamt|revenue|value",
        r"steuer|tax|vat|mwst|ship|rabatt|discount|menge|quantity|qty|anzahl|count|coupon|einzel|unit|stueck|"
        r"number",
    ),
    "customer_id": Names(
        PERSON, AN_ID, r"gruppe|group|typ|land|country|segment|since|seit|age|alter|name|mail"
    ),
    "order_id": Names(
        AN_ORDER, AN_ID, rf"datum|date|zeit|time|at$|betrag|summe|amount|total|status|{PERSON}"
    ),
    "status": Names(r"status", AN_ORDER, rf"zahl|pay|versand|liefer|ship|deliver|{PERSON}"),
    "is_test": Names(r"test|mitarbeiter|employee|staff", r"konto|account|^is", AN_ID),
    "currency": Names(r"waehrung|currency|devise", r"code|iso", r"kurs|rate|betrag|amount"),
    "product_id": Names(
        r"artikel|produkt|product|item|sku|article|stockcode",
        AN_ID,
        r"name|bezeich|besch|desc|preis|price|menge|qty|quantity|anzahl|count|gruppe|group|kateg|categ|typ",
    ),
    "channel": Names(
        r"kanal|channel", r"verkauf|vertrieb|sales|^kanal$|^channel$", r"marketing|kampagne|campaign"
    ),
}
REQUIRED = ("customer_id", "ordered_at", "amount")


@dataclass(frozen=True)
class Column:
    """What is known of a column.

    Attributes
    ----------
    key : str
        Our name of it in ``raw``.
    name : str
    filled, distinct : int
        Values that are not empty, and how many different ones.
    dates, numbers, decimals : float
        Shares of them that read as dates, as amounts, as amounts with decimals.
    """

    key: str
    name: str
    filled: int
    distinct: int
    dates: float
    numbers: float
    decimals: float

    @property
    def plain_name(self) -> str:
        """The name in small letters without signs and umlauts."""
        return re.sub(r"[^a-z0-9]", "", self.name.lower().translate(UMLAUTS))

    @property
    def repeats(self) -> bool:
        """Whether some values, not all, are there more than once."""
        return 1 < self.distinct < self.filled


@dataclass(frozen=True)
class Guess:
    """The column of a role, and why."""

    column: Column
    because: str


def guess_roles(columns: Sequence[Column]) -> dict[str, Guess | None]:
    """Find the column of each role; None where nothing speaks for any.

    Parameters
    ----------
    columns : sequence of Column

    Returns
    -------
    dict
        Our names, as in `ROLES`. Dates come first, for they are the surest.
    """
    free = [column for column in columns if column.filled]
    guesses: dict[str, Guess | None] = {}
    for role in ROLES:
        guesses[role] = _guess(role, free)
        if found := guesses[role]:
            free = [column for column in free if column is not found.column]
    return guesses


def _guess(role: str, free: Sequence[Column]) -> Guess | None:
    rated = [(_rate(role, column), column) for column in free if _possible(role, column)]
    rating, best = max(rated, key=lambda pair: pair[0], default=((0, 0.0), None))
    if best is None or rating <= (0, 0.0):
        return None
    by_name = f"its name, rated {rating[0]} of 3" if rating[0] else "no better name"
    return Guess(best, f"{by_name}; {_evidence(role, best)}")


def _possible(role: str, column: Column) -> bool:
    if role == "ordered_at":
        return column.dates >= ENOUGH
    if role == "amount":
        return column.numbers >= ENOUGH
    if role == "is_test":
        return column.distinct <= FEW
    return column.decimals < ENOUGH


def _rate(role: str, column: Column) -> tuple[int, float]:
    """Rate by name first, by values among equals; what is not required has to have its name."""
    by_name = max(0, ROLES[role].rate(column.plain_name))
    if role == "ordered_at":
        return by_name, column.dates - column.numbers / 2
    if role == "amount":
        return by_name, column.decimals
    if role == "customer_id":
        return by_name, column.distinct / column.filled if column.repeats else 0.0
    return by_name, 0.0


def _evidence(role: str, column: Column) -> str:
    if role == "ordered_at":
        return f"{column.dates:.1%} of its values are dates"
    if role == "amount":
        return f"{column.numbers:.1%} of its values are numbers, {column.decimals:.1%} with decimals"
    return f"{counted(column.distinct):different value/different values} in {counted(column.filled):row/rows}"
