"""Which column is the customer, the date, the amount and so on: by its name and by its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

from pipeline.counted import counted
from pipeline.tables.inspection.names import (
    A_PRICE,
    ABOUT_A_PERSON,
    BEFORE_TAX,
    BY_NAME_ALONE,
    INVOICED,
    NO_BUYER,
    OF_AN_ORDER,
    OF_CANCELLING,
    PERSON,
    ROLES,
    TAXES,
    WITH_TAX,
    WITHOUT_TAX,
)

ENOUGH = 0.8  # share of a column's values that must read as dates or numbers to be taken for them
NEARLY_ALL = 0.95  # of the rows
MANY = 100  # rows, from which on a product should have been sold twice
FEW = 4  # different values, at most, of a column of yes and no

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
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
    dates, numbers, decimals, floats : float
        Shares of them that read as dates, as amounts, as amounts with decimals, as whole numbers with ".0".
    """

    key: str
    name: str
    filled: int
    distinct: int
    dates: float
    numbers: float
    decimals: float
    floats: float = 0.0

    @property
    def plain_name(self) -> str:
        """The name in small letters without signs and umlauts."""
        return re.sub(r"[^a-z0-9]", "", plain(self.name))

    def has_word(self, pattern: str) -> bool:
        """Tell whether one of the words of the name is such a one, all of it, in small letters."""
        apart = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name))
        return any(re.fullmatch(pattern, word) for word in re.findall(r"[a-z]+", apart))

    @property
    def is_tax(self) -> bool:
        """Whether it is called a tax, not an amount with or without it."""
        return self.has_word(TAXES) and not self.has_word(f"{WITH_TAX}|{WITHOUT_TAX}")

    @property
    def repeats(self) -> bool:
        """Whether some values, not all, are there more than once."""
        return 1 < self.distinct < self.filled

    @property
    def is_handful(self) -> bool:
        """Whether it has so few different values that they are kinds of something."""
        return self.distinct**2 < self.filled


@dataclass(frozen=True)
class Guess:
    """The column of a role, and why.

    Attributes
    ----------
    column : Column
    because : str
    rivals : tuple of Column
        The columns for which as much speaks: of the same name and values, or where no name speaks for any,
        all that might be it.
    """

    column: Column
    because: str
    rivals: tuple[Column, ...] = ()


def plain(text: str) -> str:
    """Write a text in small letters without umlauts and accents."""
    apart = normalize("NFKD", text.lower().translate(UMLAUTS))
    return "".join(letter for letter in apart if not combining(letter))


def guess_roles(columns: Sequence[Column]) -> dict[str, Guess | None]:
    """Find the column of each role; None where nothing speaks for any.

    Parameters
    ----------
    columns : sequence of Column

    Returns
    -------
    dict
        Our names, as in `ROLES`; where there is a price beside a quantity and no total, unit_price and
        quantity in place of the amount. Dates come first, for they are the surest.
    """
    free = [column for column in columns if column.filled]
    guesses: dict[str, Guess | None] = {}
    for role in ROLES:
        guesses[role] = _guess(role, free)
        if found := guesses[role]:
            free = [column for column in free if column is not found.column]
    amount, quantity = guesses["amount"], guesses.pop("quantity")
    if quantity and amount and re.search(A_PRICE, amount.column.plain_name):
        del guesses["amount"]
        guesses |= {"unit_price": amount, "quantity": quantity}
    return guesses | {"order_id": guesses["order_id"] or _order_of_line_items(free)}


def _order_of_line_items(free: Sequence[Column]) -> Guess | None:
    """Find what Shopify calls an order: its Name, in a file whose other names are those of a Lineitem."""
    named = {column.plain_name: column for column in free}
    name = named.get("name")
    if name is None or not any(other.startswith("lineitem") for other in named):
        return None
    return Guess(name, f"the name of an order beside line items; {_evidence('order_id', name)}")


def _guess(role: str, free: Sequence[Column]) -> Guess | None:
    rows = max((column.filled for column in free), default=0)
    rated = [(_rate(role, column, rows), column) for column in free if _possible(role, column)]
    if role == "ordered_at" and _is_number_beside_dates(rated, free):
        return None
    rating, best = max(rated, key=lambda pair: pair[0], default=((0, 0.0), None))
    if best is None or rating <= (0, 0.0):
        return None
    by_name = f"its name, rated {rating[0]} of 3" if rating[0] else "no better name"
    as_good = (pair for pair in rated if pair[0] == rating or rating[0] == 0 < pair[0][1])
    as_full = (column for _, column in as_good if column.filled >= NEARLY_ALL * best.filled)
    rivals = tuple(column for column in as_full if column is not best)
    return Guess(best, f"{by_name}; {_evidence(role, best)}", rivals)


def _is_number_beside_dates(
    rated: Sequence[tuple[tuple[int, float], Column]], free: Sequence[Column]
) -> bool:
    """Tell whether all that reads as dates are numbers of another name, while dates cannot be read."""
    named = any(ROLES["ordered_at"].rate(column.plain_name) >= BY_NAME_ALONE for column in free)
    return named and all(rating[0] == 0 and column.numbers >= ENOUGH for rating, column in rated)


def _possible(role: str, column: Column) -> bool:
    match role:
        case "ordered_at":
            return column.dates >= ENOUGH and not re.search(OF_CANCELLING, column.plain_name)
        case "amount" | "quantity":
            return column.numbers >= ENOUGH
        case "currency":  # its codes are no numbers
            return column.numbers < ENOUGH
        case "is_test":
            return column.distinct <= FEW
        case "product_id":  # what was never sold twice is no product but a description of what was sold
            return column.filled < MANY or column.distinct < ENOUGH * column.filled
        case "customer_id" if ROLES[role].rate(column.plain_name):
            few = not re.search(PERSON, column.plain_name) and column.filled >= MANY and column.is_handful
            return column.decimals < ENOUGH and not few
        case "customer_id":
            # Nearly every column repeats its values: one with the name of something else is that, one of a
            # handful of values says how, what or where, and one of dates when.
            is_time = column.dates >= ENOUGH > column.numbers
            is_another = (
                is_time or _is_named(column) or re.search(rf"{NO_BUYER}|{ABOUT_A_PERSON}", column.plain_name)
            )
            return column.decimals < ENOUGH and not (column.is_handful or is_another)
        case "order_id":
            return column.decimals < ENOUGH and not (column.filled >= MANY and column.is_handful)
        case _:
            return column.decimals < ENOUGH


def may_be_amount(column: Column) -> bool:
    """Tell whether a column is named and written like money."""
    return _possible("amount", column) and ROLES["amount"].rate(column.plain_name) > 0


def _is_named(column: Column) -> bool:
    return any(names.rate(column.plain_name) for names in ROLES.values())


def _rate(role: str, column: Column, rows: int) -> tuple[int, float]:
    """Rate by name first, by values among equals; what is not required has to have its name."""
    by_name = ROLES[role].rate(column.plain_name)
    if role == "ordered_at":  # not every order has an invoice
        given = column.filled / rows
        is_of_some = column.dates * given < NEARLY_ALL and re.search(INVOICED, column.plain_name)
        of_an_invoice = bool(re.search(INVOICED, column.plain_name)) / 2
        return by_name - bool(is_of_some), (column.dates - column.numbers / 2) * given - of_an_invoice
    if role == "amount":  # what was paid is with tax, and with all else that stands on the invoice
        is_with_tax = column.has_word(TAXES) and column.has_word(WITH_TAX)
        with_all = bool(re.search(OF_AN_ORDER, column.plain_name) or is_with_tax) / 4
        is_before_tax = re.search(BEFORE_TAX, column.plain_name) or column.has_word(WITHOUT_TAX)
        return by_name, column.decimals + with_all - bool(is_before_tax) / 2 - column.is_tax
    if role == "customer_id":
        return by_name, column.distinct / column.filled if column.repeats else 0.0
    if role == "status":  # one state for all tells nothing
        return by_name, float(by_name and column.distinct > 1)
    return by_name, 0.0


def _evidence(role: str, column: Column) -> str:
    if role == "ordered_at":
        return f"{column.dates:.1%} of its values are dates"
    if role == "amount":
        return f"{column.numbers:.1%} of its values are numbers, {column.decimals:.1%} with decimals"
    return f"{counted(column.distinct):different value/different values} in {counted(column.filled):row/rows}"
