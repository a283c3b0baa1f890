"""The header of a delimited text file, and with it the delimiter."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import dropwhile, islice
from unicodedata import normalize

from pipeline.errors import UserError
from pipeline.tables.amounts import CURRENCIES
from pipeline.tables.sources.text import TextFile, physical_lines

DELIMITERS = (",", ";", "\t", "|", "whitespace")
MAX_HEADER_LINES = 20
ASKED = "?"  # what churn inspect proposes where it does not know
NAMES = "a first line with names, such as customer,date,amount"
DIGITS_OF_A_ROW = 8
NO_NAME = re.compile(
    r"\d{1,4}[-/. ]+\d{1,2}[-/. ]+\d{1,4}([T ].*)?"  # a date, an instant
    r"|\d{1,2}\W+[^\W\d]{3,9}\W+\d{2,4}.*"  # 4 March 2021
    r"|.*\w@(?!odata\.)[\w.-]*\w\.[^\W\d_]{2,}.*"  # an e-mail address
)
HARDLY_A_NAME = re.compile(
    r"\W*\d[\d\WTZ]*"  # a number, a sum of money, a time
    rf"|\W*({CURRENCIES})\s*\d[\d.,]*|\W*\d[\d.,]*\s*({CURRENCIES})"  # EUR 12.50
)


@dataclass(frozen=True)
class Header:
    """The column names (trimmed), the last line they are on, and the delimiter between them."""

    names: tuple[str, ...]
    line: int
    delimiter: str


def read_header(file: TextFile, delimiter: str, wanted: Sequence[str], where: str) -> Header:
    """Find the record, and the delimiter, by which the most wanted columns are in it.

    Titles, ``sep=;`` and blank lines may stand above it. Of equals the first is the header.

    Parameters
    ----------
    file : TextFile
    delimiter : str
        "auto" or one of `DELIMITERS`.
    wanted : sequence of str
        The columns the parameters name.
    where : str
        The source's section in the parameters.

    Raises
    ------
    UserError
        If there is no header.
    """
    first, lines = _top(file, where)
    candidates = DELIMITERS if delimiter == "auto" else (delimiter,)
    if delimiter == "auto" and not wanted:
        candidates = (_likeliest_delimiter(lines, candidates),)
    headers = [
        max((_split(lines[n:], first + n, candidate) for candidate in candidates), key=_fit(wanted))
        for n in range(len(lines))
        if lines[n].strip()
    ]
    return headers[header_at([found.names for found in headers], wanted)]


def header_at(rows: Sequence[Sequence[str]], wanted: Sequence[str]) -> int:
    """Return the position of the row with the most wanted columns, the first of equals.

    If any column will do, it is the first row as wide as most, but for a row of settings above names, or what
    stands above that where it looks like data, for a column may have no name, such as the index that pandas
    writes; if not, the first row of all.
    """
    if wanted:
        return max(range(len(rows)), key=lambda n: (len(set(rows[n]) & set(wanted)), -n))
    filled = [sum(bool(name) for name in row) for row in rows]
    _, usual = _commonest(filled)

    def is_preamble(n: int) -> bool:
        return filled[n] != usual and looks_like_row(rows[n]) and any(map(_is_of_names, rows[n + 1 : n + 2]))

    found = next((n for n, width in enumerate(filled) if width >= usual and not is_preamble(n)), 0)
    above = found - 1
    if found and looks_like_row(rows[found]) and filled[above] == usual - 1 and _is_of_names(rows[above]):
        return above
    return found


def _is_of_names(row: Sequence[str]) -> bool:
    """Tell a row without a number, a date or an address: messages may repeat it."""
    return not any(NO_NAME.fullmatch(cell) or HARDLY_A_NAME.fullmatch(cell) for cell in row)


def _likeliest_delimiter(lines: Sequence[str], candidates: Sequence[str]) -> str:
    """Choose the one that splits the most lines into equally many columns; tabs before other blanks."""

    def fit(candidate: str) -> tuple[int, bool, int]:
        widths = [len(_split([line], 1, candidate).names) for line in lines if line.strip()]
        count, width = _commonest(widths)
        return count, candidate == "\t", width

    return max(candidates, key=fit)


def _commonest(widths: Sequence[int]) -> tuple[int, int]:
    """Count the commonest width of more than one column, the larger of equals; (0, 1) if there is none."""
    counted = Counter(width for width in widths if width > 1)
    return max(((count, width) for width, count in counted.items()), default=(0, 1))


def _fit(wanted: Sequence[str]) -> Callable[[Header], tuple[int, int]]:
    """Rate a header by the wanted columns in it, then by all of its columns."""
    return lambda header: (len(set(header.names) & set(wanted)), len(header.names))


def _top(file: TextFile, where: str) -> tuple[int, list[str]]:
    """Return the first lines from the first that is not blank, and the number of that."""
    numbered = enumerate(physical_lines(file), start=1)
    written = list(islice(dropwhile(lambda line: not line[1].strip(), numbered), MAX_HEADER_LINES))
    if not written:
        raise UserError(f"{file.label} holds nothing but blank lines", where=f"{where}.path")
    return written[0][0], [text for _, text in written]


def _split(lines: Sequence[str], first: int, delimiter: str) -> Header:
    if delimiter == "whitespace":
        return Header(tuple(map(clean_name, lines[0].split())), first, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    names = tuple(map(clean_name, next(reader)))
    return Header(names, first + reader.line_num - 1, delimiter)


def clean_name(text: str) -> str:
    """Write a name as a person would into the parameters: single blanks, and ü as one character."""
    return " ".join(normalize("NFC", text.strip("\ufeff")).split())


def spelled(name: str, names: Iterable[str]) -> str:
    """Return a name of the parameters as the columns write it: a letter may be one character, or two."""
    wanted = normalize("NFC", name)
    return next((other for other in names if normalize("NFC", other) == wanted), name)


def looks_like_row(names: Iterable[str]) -> bool:
    """Tell whether a date or an address is among a header's names, or several numbers are.

    They could be personal data then, and no message may repeat them. One number may be the name of a column,
    but not of the only one: then it is a row of fixed width.
    """
    found = list(names)
    if len(found) == 1 and sum(map(str.isdigit, found[0])) >= DIGITS_OF_A_ROW:
        return True
    return any(map(NO_NAME.fullmatch, found)) or sum(map(bool, map(HARDLY_A_NAME.fullmatch, found))) > 1


def no_header(label: str, where: str) -> UserError:
    """Make the error for a file whose header looks like a row."""
    return UserError(
        f"{label} seems to have no header: some of its column names are numbers, dates or addresses",
        where=where,
        valid=NAMES,
    )


def check_columns(names: Sequence[str], wanted: Sequence[str], label: str, where: str) -> None:
    """Raise a UserError if a wanted column is missing from the header, or there more than once.

    `where` is the parameter that names them.
    """
    if looks_like_row(names) and set(wanted).isdisjoint(names):
        raise no_header(label, where)
    if ASKED in wanted:
        raise UserError(
            f'"{ASKED}" stands for a column that churn inspect has asked for; the header of {label} is: '
            f"{', '.join(names)}",
            where=where,
            valid="the name of the column in its place",
        )
    for name in wanted:
        if names.count(name) > 1:
            raise UserError(f"{label} has {names.count(name)} columns called {name!r}", where=where)
        if name not in names:
            close = [other for other in names if other.lower() == name.lower()]
            close += get_close_matches(name, names, n=1, cutoff=0.0)
            raise UserError(
                f"{label} has no column {name!r}; its header is: {', '.join(names)}",
                where=where,
                valid=close[0] if close else None,
            )
