"""Numbers, money and dates the way English and German readers write them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from pipeline.counted import Counted

MISSING = "–"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
_WITHOUT_CENTS = {"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"}
_NO_CURRENCY = "XXX"  # of ISO 4217: amounts that are no money
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
}
_LARGE = {
    "en": ((1e12, "tn"), (1e9, "bn"), (1e6, "m")),
    "de": ((1e12, "Bio."), (1e9, "Mrd."), (1e6, "Mio.")),
}
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Formats:
    """Formatting for one language and currency; whatever is missing becomes an en dash."""

    language: Literal["en", "de"]
    currency: str

    def number(self, value: Any, decimals: int = 0) -> Counted:
        """Write a number with thousands separators: 1,234.5 or 1.234,5."""
        if _is_missing(value):
            return Counted(MISSING)
        text = f"{abs(float(value)):,.{decimals}f}"
        if self.language == "de":
            text = text.translate(str.maketrans(",.", ".,"))
        is_negative = value < 0 and any(digit in text for digit in "123456789")
        return Counted(f"−{text}" if is_negative else text)

    def percent(self, share: Any, decimals: int = 1) -> str:
        """Write a fraction as per cent: 12.3% or 12,3 %."""
        if _is_missing(share):
            return MISSING
        return self.number(float(share) * 100, decimals) + (f"{_NO_BREAK}%" if self.language == "de" else "%")

    def money(self, value: Any, decimals: int = 2) -> str:
        """Write an amount: €1,234.56 or 1.234,56 €; currencies without a sign by their code, XXX without.

        Whole units where nobody writes cents, as in yen.
        """
        return self._with_currency(self.number(value, 0 if self.currency in _WITHOUT_CENTS else decimals))

    def money_short(self, value: Any) -> str:
        """Write an amount for a headline: whole units, from a million on €2.50 m or 2,50 Mio. €."""
        if _is_missing(value):
            return MISSING
        for size, word in _LARGE[self.language]:
            if abs(value) >= size:
                decimals = sum(abs(value) < size * step for step in (10, 100))  # three digits in all
                return self._with_currency(f"{self.number(value / size, decimals)}{_NO_BREAK}{word}")
        return self.money(value, 0)

    def day(self, value: Any) -> str:
        """Write a date: 30 Jun 1998 or 30.06.1998."""
        if _is_missing(value):
            return MISSING
        day = _as_date(value)
        if self.language == "de":
            return f"{day:%d.%m.%Y}"
        return f"{day.day}{_NO_BREAK}{_MONTHS['en'][day.month - 1]}{_NO_BREAK}{day.year}"

    def month(self, value: Any) -> str:
        """Write a month: Jun 1998 or Juni 1998."""
        day = _as_date(value)
        return f"{_MONTHS[self.language][day.month - 1]}{_NO_BREAK}{day.year}"

    def _with_currency(self, number: str) -> str:
        if number == MISSING or self.currency == _NO_CURRENCY:
            return number
        sign = _SYMBOLS.get(self.currency, self.currency)
        if self.language == "de":
            return f"{number}{_NO_BREAK}{sign}"
        minus, digits = ("−", number[1:]) if number.startswith("−") else ("", number)
        return f"{minus}{sign}{'' if len(sign) == 1 else _NO_BREAK}{digits}"


def _is_missing(value: Any) -> bool:
    return bool(value is None or pd.isna(value) or (isinstance(value, float) and math.isinf(value)))


def _as_date(value: Any) -> date:
    return pd.Timestamp(value).date()
