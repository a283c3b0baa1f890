"""Which date format a column is written in: decided over the whole column, never row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.engine import duck
from pipeline.engine.duck import Connection, SqlError
from pipeline.engine.quoting import literal
from pipeline.errors import UserError

SAMPLE_ROWS = 2_000
TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
SERIAL = r"[34]\d{4}([.,]\d+)?"  # days since 1899-12-30, from 1982 to 2036
_MONTH_WORDS = (
    *("jan jae", "feb", "mar mae mrz", "apr", "may mai", "jun"),
    *("jul", "aug", "sep", "oct okt", "nov", "dec dez"),
)
MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
TIME_SHAPE = r"(,? \d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( [AaPp][Mm])?)?"


@dataclass(frozen=True)
class DateFormat:
    """A way to write dates.

    Attributes
    ----------
    name : str
        For people: "dd.mm.yyyy".
    pattern : str
        What to put into the parameters for it; empty where only "auto" finds it.
    sql : str
        An expression that turns the text ``value`` into a TIMESTAMP, or NULL when it is not such a date.
    zoned : str
        An expression that tells whether the text says which instant it is: then the TIMESTAMP is UTC.
    """

    name: str
    pattern: str
    sql: str
    zoned: str = "false"


def _shaped(shape: str, sql: str) -> str:
    return f"CASE WHEN regexp_full_match(value, '{shape}') THEN {sql} END"


def _strptime(patterns: Sequence[str], text: str = "value") -> str:
    listed = ", ".join(map(literal, patterns))
    return f"CAST(try_strptime(replace({text}, ',', ''), [{listed}]) AS TIMESTAMP)"


def _numbered(pattern: str) -> DateFormat:
    """Numbers between separators, with an optional time; the shape keeps %Y from reading a two-digit year."""
    shape, name = re.escape(pattern), pattern
    for code, digits, word in (
        ("%Y", "{4}", "yyyy"),
        ("%y", "{2}", "yy"),
        ("%m", "{1,2}", "mm"),
        ("%d", "{1,2}", "dd"),
    ):
        shape, name = shape.replace(code, rf"\d{digits}"), name.replace(code, word)
    return DateFormat(
        name, pattern, _shaped(shape + TIME_SHAPE, _strptime([pattern + time for time in TIMES]))
    )


def _with_month(name: str, shape: str, year: str) -> DateFormat:
    """A month by its English or German name, in full or cut short, before or after the day."""
    small = "replace(lower(value), 'ä', 'a')"
    whole = f"^{shape}{TIME_SHAPE}$"
    numbers = " ".join(f"WHEN '{word}' THEN '{n}'" for word, n in MONTHS.items())
    numbered = (
        f"concat(CASE regexp_extract({small}, '[a-z]{{3}}') {numbers} END, "
        f"regexp_replace({small}, '{whole}', ' \\1 \\2\\3'))"
    )
    read = _strptime([f"%m %d {year}{time}" for time in TIMES], numbered)
    return DateFormat(name, "", f"CASE WHEN regexp_full_match({small}, '{whole}') THEN {read} END")


def _epoch(name: str, shape: str, microseconds: int) -> DateFormat:
    number = f"CAST(TRY_CAST(value AS DECIMAL(28, 6)) * {microseconds} AS BIGINT)"
    return DateFormat(name, "", _shaped(shape + r"(\.\d+)?", f"make_timestamp({number})"), zoned="true")


_DAY = r"(\d{1,2})(?:st|nd|rd|th|\.)?"
_MONTH = (
    r"(?:jan(?:uar)?y?|ja(?:n|en)ner|feb(?:ruar|er)?y?|mar(?:ch|z)?|maerz|mrz|apr(?:il)?|ma[iy]|jun[ei]?|jul[iy]?|aug(?:ust)?|"
    r"sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
_WITH_MONTH = [
    _with_month(name, rf"{first}[ ./-]+{second},?[ ./-]+(\d{{{digits}}})", year)
    for digits, year in ((4, "%Y"), (2, "%y"))
    for name, first, second in (
        (f"dd month {'y' * digits}", _DAY, _MONTH),
        (f"month dd {'y' * digits}", _MONTH, _DAY),
    )
]
# A cast to TIMESTAMP ignores an offset. A cast to TIMESTAMPTZ heeds it, unless after a blank, and is slow.
# A time that DuckDB would write in the same 19 characters has the commonest shape: cheaper than a pattern.
_ISO_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_ISO_LOCAL = _ISO_DATE + r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
_ISO_ZONED = r"CAST(TRY_CAST(regexp_replace(value, ' +([+-]\d)', '\1') AS TIMESTAMPTZ) AS TIMESTAMP)"
ISO = DateFormat(
    "yyyy-mm-dd",
    "",
    "CASE WHEN CAST(TRY_CAST(value AS TIMESTAMP) AS VARCHAR) = value AND strlen(value) = 19 "
    "THEN TRY_CAST(value AS TIMESTAMP) "
    f"WHEN regexp_full_match(value, '{_ISO_LOCAL}') THEN TRY_CAST(value AS TIMESTAMP) "
    f"WHEN regexp_matches(value, '^{_ISO_DATE}[T ]\\d') THEN {_ISO_ZONED} END",
    zoned=f"NOT regexp_full_match(value, '{_ISO_LOCAL}')",
)
COMPACT = DateFormat(
    "yyyymmdd",
    "%Y%m%d",
    _shaped(
        r"\d{8}([T ]?\d{4}(\d{2})?| \d{1,2}:\d{2}(:\d{2})?)?",
        _strptime(
            ["%Y%m%d" + time for time in ("", "%H%M", "%H%M%S", " %H%M", "T%H%M%S", " %H:%M", " %H:%M:%S")]
        ),
    ),
)
# The first of equals wins, so where the order matters the commoner comes first.
FORMATS = (
    ISO,
    COMPACT,
    *map(_numbered, ("%d.%m.%Y", "%d.%m.%y", "%Y.%m.%d", "%Y. %m. %d.")),  # the last in Hungary and Korea
    *map(_numbered, ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")),
    *map(_numbered, ("%d/%m/%y", "%m/%d/%y")),  # between "-" the two digits of a year may as well come first
    *_WITH_MONTH,
    _epoch("seconds since 1970", r"([6-9]\d{8}|[12]\d{9})", 1_000_000),  # of 1989 to 2065: others are ids
    _epoch("milliseconds since 1970", r"[12]\d{12}", 1_000),
    _epoch("microseconds since 1970", r"[12]\d{15}", 1),
)


def choose(con: Connection, column: str, given: str, where: str) -> DateFormat:
    """Choose the format that reads the most rows of a column of ``raw``.

    Text with an offset (``Z``, ``+02:00``) is taken to UTC, text without stays as written; see `define`.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    column : str
        Our name of the column.
    given : str
        "auto" or a strptime format, which then reads an optional time of day too.
    where : str
        The parameter, for messages.

    Raises
    ------
    UserError
        If no format reads anything, or day-first and month-first read equally many rows and disagree.
    """
    return _best(con, column, where) if given == "auto" else _given(con, given, where)


def likely(con: Connection, column: str) -> DateFormat | None:
    """Return the only format that reads all of the first values of a column of ``raw``, if there is one.

    `choose` would choose it where it reads all the others too: no other format can.
    """
    read, rows = _reads(con, _sample(column), FORMATS)
    promising = [known for known in FORMATS if rows and read[known] == rows]
    return promising[0] if len(promising) == 1 else None


def define(
    con: Connection, chosen: DateFormat, timezone: str | None = None, macro: str = "read_date"
) -> None:
    """Make a format the macro ``read_date``; what was taken to UTC becomes local time of a zone."""
    sql = chosen.sql
    if timezone and chosen.zoned != "false":
        local = f"timezone('{timezone}', timezone('UTC', {sql}))"
        sql = f"CASE WHEN {chosen.zoned} THEN {local} ELSE {sql} END"
    duck.run(con, f"CREATE OR REPLACE MACRO {macro}(value) AS {sql}", name=macro)


def _given(con: Connection, pattern: str, where: str) -> DateFormat:
    known = next((known for known in FORMATS if known.pattern == pattern), None)
    if known:
        return known
    timed = any(code in pattern for code in ("%H", "%I", "%T", "%X", "%c"))
    sql = _strptime([pattern.replace(",", "") + time for time in (("",) if timed else TIMES)])
    try:
        duck.run(con, f"SELECT {sql} FROM (SELECT '2021-03-04' AS value)", name="date_format")
    except SqlError as error:
        raise UserError(
            f"{pattern!r} is not a date format",
            where=where,
            valid='auto or a strptime format, "%d.%m.%Y %H:%M"',
        ) from error
    return DateFormat(pattern, pattern, sql, zoned="true" if "%z" in pattern.lower() else "false")


def _best(con: Connection, column: str, where: str) -> DateFormat:
    values = _values(column)
    sampled, sample_rows = _reads(con, _sample(column), FORMATS)
    # Only a format that reads all of the sample can read all of the column; if one does, the others lose.
    promising = [known for known in FORMATS if sampled[known] == sample_rows]
    counted, rows = _reads(con, values, promising)
    if not rows or max(counted.values(), default=0) < rows:
        counted, rows = _reads(con, values, FORMATS)
    best = max(FORMATS, key=lambda known: counted.get(known, 0))
    if not counted.get(best):
        raise UserError(
            "no value of the column reads as a date in any format that is tried",
            where=where,
            valid='another column, or a format such as "%d.%m.%Y %Hh%M" or "%d-%m-%y"'
            + _about_serials(con, values),
        )
    _ask_if_undecided(con, values, best, counted, where)
    return best


def _reads(con: Connection, values: str, formats: Sequence[DateFormat]) -> tuple[dict[DateFormat, int], int]:
    """Count the values each format reads, and all values."""
    counts = "".join(f", count({known.sql})" for known in formats)
    [(rows, *reads)] = duck.run(
        con, f"SELECT count(*){counts} FROM ({values})", name="date formats"
    ).fetchall()
    return dict(zip(formats, reads, strict=True)), rows


def twin_of(best: DateFormat) -> DateFormat | None:
    """Return the format that a person could take for this one: day and month the other way round."""
    swapped = best.pattern.translate(str.maketrans("dm", "md"))
    return next((known for known in FORMATS if swapped == known.pattern != best.pattern), None)


def share_read(con: Connection, column: str) -> float:
    """Return the share of the first values of a column of ``raw`` that the best format reads."""
    counted, rows = _reads(con, _sample(column), FORMATS)
    return max(counted.values()) / rows if rows else 0.0


def count_read(con: Connection, column: str, by: DateFormat) -> tuple[int, int]:
    """Count the values of a column of ``raw`` that a format reads, and those that are not empty."""
    counted, rows = _reads(con, _values(column), [by])
    return counted[by], rows


def count_zoned(con: Connection, column: str, by: DateFormat) -> int:
    """Count the values of a column of ``raw`` that a format reads as instants: with an offset, or epochs."""
    zoned = f"SELECT count(*) FROM ({_values(column)}) WHERE ({by.sql}) IS NOT NULL AND {by.zoned}"
    [(count,)] = duck.run(con, zoned, name="time zones").fetchall()
    return int(count)


def _values(column: str) -> str:
    return f"SELECT {column} AS value FROM raw WHERE {column} <> ''"


def _sample(column: str) -> str:
    return f"{_values(column)} LIMIT {SAMPLE_ROWS}"


def _about_serials(con: Connection, values: str) -> str:
    """Say what helps where a spreadsheet has written its count of days in place of dates."""
    others = f"SELECT 1 FROM ({values}) WHERE NOT regexp_full_match(value, '{SERIAL}') LIMIT 1"
    if duck.run(con, others, name="serial numbers").fetchall():
        return ""
    return "; here the values seem to be the days as a spreadsheet counts them: save the column as dates"


def _ask_if_undecided(
    con: Connection, values: str, best: DateFormat, counted: dict[DateFormat, int], where: str
) -> None:
    twin = twin_of(best)
    if twin is None or counted.get(twin) != counted[best]:
        return
    differs = f"SELECT count(*) FROM ({values}) WHERE {best.sql} IS DISTINCT FROM {twin.sql}"
    [(differing,)] = duck.run(con, differs, name="day or month first").fetchall()
    if differing:
        raise UserError(
            f"the dates read as {best.name} and as {twin.name} equally well ({counted[best]} rows): "
            "which is it?",
            where=where,
            valid=f'"{best.pattern}" if 03{best.pattern[2]}04 is 3 April, "{twin.pattern}" if it is March 4',
        )
