"""Numbers for people, with the noun that goes with them: 1 day, 2 days."""

from __future__ import annotations


class Counted(str):
    """A written number; as a format, `one/many` or `none/one/many` are the words that follow it.

    Where one of them has a #, they stand for themselves, with the number in that place.

    Examples
    --------
    >>> "{found:customer has/customers have} bought".format(found=Counted("1"))
    '1 customer has bought'
    >>> "every {gap:day/# days}".format(gap=Counted("1"))
    'every day'
    >>> ["{found:No order/# order/# orders}".format(found=Counted(text)) for text in ("0.0", "0.5", "10")]
    ['No order', '0.5 orders', '10 orders']
    >>> "{left:order/orders}".format(left=Counted("0"))
    '0 orders'
    """

    __slots__ = ()

    def __format__(self, words: str) -> str:
        """Write the number, with the words if there are any."""
        if not words:
            return str(self)
        *none, one, many = words.split("/")
        is_none = "0" in self and not any(digit in self for digit in "123456789")
        chosen = none[0] if none and is_none else one if self == "1" else many
        return chosen.replace("#", self) if "#" in words else f"{self!s} {chosen}"


def counted(number: int) -> Counted:
    """Write a count in English, for the terminal: `f"{counted(1200):day/days}"` is "1,200 days"."""
    return Counted(f"{number:,}")
