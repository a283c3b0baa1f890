"""What the file itself is: its rows and columns, its format, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.inspection.log import WHERE, Advice, Log, question, shown
from pipeline.tables.sources.header import ASKED
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.text import UNDECODED

LAST_TRIED = "cp1252"
FEWEST_LETTERS = 10
MUCH = 0.3  # of the letters beyond ASCII
GIBBERISH = "the text is neither UTF-8 nor UTF-16, and read as Windows-1252 it is gibberish"
LETTERS = r"[^\x00-\x7f€–—•·…’“”°«»½¼¾]"  # beyond ASCII; signs may stand in a row
FOREIGN = rf"{LETTERS}{{3,}}|[ƒ†‡ˆ‰¤¦¨¬¯¶¸]"
NORTHERN = "[ÆØÅÄÖÜÉ]{3,}"  # capitals that do
HOW_TO_SAY = (
    "say what it is written in: churn inspect FILE --encoding big5 (Chinese, or gb18030), cp932 (Japanese), "
    "cp949 (Korean), cp1250 (Polish, Czech), cp1251 (Russian), cp1253 (Greek), "
    "cp1254 (Turkish); or convert it: iconv -f BIG5 -t UTF-8"
)


def say_encoding(con: Connection, refused: UserError) -> UserError:
    """Say what helps where no row could be read because each holds a byte without a meaning."""
    faults = "SELECT count(*) FROM faults WHERE rule = 'undecodable'"
    exists = duck.run(con, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'faults'", name="tables")
    if not exists.fetchall() or duck.run(con, faults, name="undecodable").fetchall() == [(0,)]:
        return refused
    return UserError(refused.problem, where=f"{WHERE}.encoding", valid=HOW_TO_SAY)


def check_header(raw: Raw) -> None:
    """Raise a UserError if a name holds a byte without a meaning: it could not even be shown."""
    if any(UNDECODED.search(name) for file in raw.files for name in file.names):
        told = GIBBERISH if raw.encodings == LAST_TRIED else f"its header is not written in {raw.encodings}"
        raise UserError(f"{raw.files[0].label}: {told}", where=f"{WHERE}.encoding", valid=HOW_TO_SAY)


def without_empty_rows(log: Log) -> tuple[Log, list[Advice]]:
    """Leave out the rows that have no value in any column, and tell of them: spreadsheets add such rows."""
    filled = reduce(pc.or_, (pc.not_equal(log.raw.rows[key], "") for key in log.raw.columns))
    empty = log.rows - pc.sum(filled).as_py()
    if not empty:
        return log, []
    told = f"{empty:,} of {counted(log.rows):row holds/rows hold} no value at all and are left out"
    return log.only(filled), [Advice("empty rows", told)]


def about_file(log: Log) -> Iterator[Advice]:
    """Say what was read, in which format, and which sheets were not."""
    first, *more = log.raw.files
    [(faults,)] = log.ask("SELECT count(*) FROM faults", "faults")
    others = f" and {len(more)} more with the same columns" if more else ""
    broken = f", {faults:,} of them cannot be split into columns" if faults else ""
    looked_at = f"{counted(sum(file.rows for file in log.raw.files)):row/rows}, all of them looked at{broken}"
    columns = f"{counted(len(log.raw.columns)):column/columns}"
    yield Advice("file", f"{first.label}{others}: {looked_at}; {columns}")
    yield Advice("format", "text with a delimiter" if log.raw.delimiters else log.raw.encodings)
    if first.other_sheets:
        unread = ", ".join(first.other_sheets)
        how = 'sheet: "*" reads all, a pattern such as "20*" some, where they have the same header'
        yield Advice("sheets", f"not read: {unread}; {how}")


def about_foreign_text(log: Log) -> Iterator[Advice]:
    """Ask for the encoding of a text that would be gibberish by the last that is tried, Windows-1252.

    There, letters that ASCII has not hardly ever stand three in a row; Chinese or Russian ones do.
    """
    if log.raw.encodings != LAST_TRIED:
        return
    names = " ".join(log.raw.files[0].names)
    [(unread,)] = log.ask("SELECT count(*) FROM faults WHERE rule = 'undecodable'", "undecodable")
    letters, foreign, northern = (_length(log, names, pattern) for pattern in (LETTERS, FOREIGN, NORTHERN))
    if unread + letters >= FEWEST_LETTERS and unread + foreign - northern > MUCH * letters:
        asked = question(f"{WHERE}.encoding", f"{GIBBERISH}: {HOW_TO_SAY}")
        yield replace(asked, settings={"encoding": ASKED})


def _length(log: Log, names: str, pattern: str) -> int:
    """Count the characters of names and values that a pattern finds."""
    found = f"length(array_to_string(regexp_extract_all(text, '{pattern}'), ''))"
    texts = f"SELECT concat_ws(' ', {', '.join(log.raw.columns)}) AS text FROM raw"
    [(of_values,)] = log.ask(f"SELECT coalesce(sum({found}), 0) FROM ({texts})", "letters")
    return sum(map(len, re.findall(pattern, names))) + int(of_values)


def about_text(log: Log) -> Iterator[Advice]:
    """Say by which delimiter and encoding a text is read, where all files are written alike."""
    delimiters, encodings = log.raw.delimiters, log.raw.encodings
    if len(delimiters) == 1 or delimiters == "whitespace":
        yield Advice("delimiter", shown(delimiters), settings={"delimiter": delimiters})
    if delimiters and "," not in encodings:
        yield Advice("encoding", shown(encodings), settings={"encoding": encodings})
