"""Delimited text record by record, for files that are not plain: slow, exact about lines, hard to derail.

DuckDB reads well-formed files many times faster; it does not say on which line of the file a record starts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TOO_FEW = "too_few_columns"
TOO_MANY = "too_many_columns"


@dataclass(frozen=True)
class Record:
    """One record: the physical line it starts on, its fields, and the rule it breaks, if any."""

    line: int
    fields: list[str]
    rule: str | None


def records(lines: Iterable[str], delimiter: str, width: int, first_line: int) -> Iterator[Record]:
    """Read the records below a header.

    A record may span lines inside quotes. One that does and then has the wrong number of columns, or never
    ends, is taken for a stray quote: its first line is judged alone and reading goes on with the next line,
    so that one stray quote costs one line and not the rest of the file.

    Parameters
    ----------
    lines : iterable of str
        Physical lines with their ends.
    delimiter : str
        One character, or "whitespace" for runs of blanks (no quoting).
    width : int
        Columns of the header.
    first_line : int
        The number of the first of the lines in the file.

    Yields
    ------
    Record
        Blank lines are skipped.
    """
    if delimiter == "whitespace":
        for number, text in enumerate(lines, start=first_line):
            if fields := text.split():
                yield _judged(number, fields, width)
        return
    source, line = _Rewindable(lines), first_line
    while True:
        try:
            fields = next(csv.reader(source, delimiter=delimiter, skipinitialspace=True, strict=True))
        except StopIteration:
            return
        except csv.Error:  # quotes that do not close, or not where a field ends
            fields = []
        record = _judged(line, fields, width)
        if record.rule and (not fields or len(source.taken) > 1):
            alone = csv.reader([source.keep_first()], delimiter=delimiter, skipinitialspace=True)
            record = _judged(line, next(alone), width)
        if len(record.fields) > 1 or "".join(record.fields).strip():
            yield record
        line += len(source.taken)
        source.taken.clear()


def _judged(line: int, fields: list[str], width: int) -> Record:
    """Compare the width; empty fields beyond the last column do no harm."""
    if len(fields) > width and not any(field.strip() for field in fields[width:]):
        fields = fields[:width]
    rule = TOO_FEW if len(fields) < width else TOO_MANY if len(fields) > width else None
    return Record(line, fields, rule)


class _Rewindable:
    """Lines of which all but the first taken can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._lines)
        self.taken.append(line)
        return line

    def keep_first(self) -> str:
        first, *rest = self.taken
        self._returned.extend(reversed(rest))
        self.taken = [first]
        return first
