"""Numbers for people, with the noun that goes with them: 1 day, 2 days."""

from __future__ import annotations


class Counted(str):
    """A written number; as a format, `one/many` are the words that follow it.

    Examples
    --------
    >>> "{found:customer has/customers have} bought".format(found=Counted("1"))
    '1 customer has bought'
    """

    __slots__ = ()

    def __format__(self, words: str) -> str:
        """Write the number, with the words if there are any."""
        if not words:
            return str(self)
        one, many = words.split("/")
        return f"{self!s} {one if self == '1' else many}"


def counted(number: int) -> Counted:
    """Write a count in English, for the terminal: `f"{counted(1200):day/days}"` is "1,200 days"."""
    return Counted(f"{number:,}")
