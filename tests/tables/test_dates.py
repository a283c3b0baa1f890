from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import dates

DAY = datetime(2021, 3, 4, 5, 6, 7)
CLOCKS = ("", " %H:%M", " %H:%M:%S", ", %H:%M", " %I:%M %p")


@pytest.fixture
def con() -> Iterator[Connection]:
    with duck.connect(threads=1) as con:
        yield con


def read(con: Connection, known: dates.DateFormat, text: str) -> datetime | None:
    sql = f"SELECT {known.sql} FROM (SELECT $text AS value)"
    [(value,)] = duck.run(con, sql, {"text": text}).fetchall()
    return value


def fill(con: Connection, *texts: str) -> None:
    duck.run(con, f"CREATE TABLE raw AS SELECT unnest({list(texts)}) AS day")


def written(known: dates.DateFormat) -> list[str]:
    """A day in the format, with and without a time of day."""
    if known is dates.ISO:
        patterns = ["%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S+02:00"]
    elif known is dates.COMPACT:
        patterns = ["%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d %H:%M"]
    elif "month" in known.name:
        year = "%Y" if known.name.endswith("yyyy") else "%y"
        dated = f"%d %b {year}" if known.name.startswith("dd") else f"%b %d, {year}"
        patterns = [dated + clock for clock in CLOCKS]
    elif known.pattern:
        patterns = [known.pattern + clock for clock in CLOCKS]
    else:
        seconds = int(DAY.timestamp())
        zeros = {"seconds": 0, "milliseconds": 3, "microseconds": 6}[known.name.split()[0]]
        return [f"{seconds}{'0' * zeros}"]
    return [DAY.strftime(pattern) for pattern in patterns]


@pytest.mark.parametrize("known", dates.FORMATS, ids=lambda known: known.name)
def test_only_twins_read_the_same_text(con: Connection, known: dates.DateFormat) -> None:
    swapped = known.pattern.translate(str.maketrans("dm", "md"))
    for text in written(known):
        readers = {other for other in dates.FORMATS if read(con, other, text) is not None}
        assert known in readers
        assert all(other is known or (swapped and other.pattern == swapped) for other in readers)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021-03-04 05:06:07", DAY),
        ("2021-3-4 05:06:07.25", datetime(2021, 3, 4, 5, 6, 7, 250_000)),
        ("2021-03-04 24:00:00", datetime(2021, 3, 5)),
        ("2021-03-04 07:06+02", datetime(2021, 3, 4, 5, 6)),
        ("2021-03-04 5:06:07Z", DAY),
        ("2021-03-04  5:06:07", None),
        ("20210-3-04 05:06:07", None),
        ("-021-03-04 05:06:07", None),
        ("0044-03-15 (BC) 00:00:00", None),
        ("2021-02-30 05:06:07", None),
        ("infinity", None),
    ],
)
def test_iso_reads_what_has_its_shape(con: Connection, text: str, value: datetime | None) -> None:
    assert read(con, dates.ISO, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5. Januar 2021", datetime(2021, 1, 5)),
        ("05-Mär-21", datetime(2021, 3, 5)),
        ("5. März 2021, 10:15", datetime(2021, 3, 5, 10, 15)),
        ("5. Jänner 2021", datetime(2021, 1, 5)),
        ("5. Feber 2021", datetime(2021, 2, 5)),
        ("05.Jan.2021", datetime(2021, 1, 5)),
        ("05/Jan/2021", datetime(2021, 1, 5)),
        ("Mrz 5 2021", datetime(2021, 3, 5)),
        ("31. Mai 2021 14:00:05", datetime(2021, 5, 31, 14, 0, 5)),
        ("1 Sept. 2021", datetime(2021, 9, 1)),
        ("31 OKT 2021", datetime(2021, 10, 31)),
        ("Dec 31, 2021, 9:15:00 PM", datetime(2021, 12, 31, 21, 15)),
        ("January 3rd, 2021", datetime(2021, 1, 3)),
        ("31 June 2021", None),
        ("Marvin 5 2021", None),
        ("Apr 2021", None),
    ],
)
def test_a_month_may_have_its_english_or_german_name(
    con: Connection, text: str, value: datetime | None
) -> None:
    assert {read(con, known, text) for known in dates.FORMATS} - {None} == ({value} if value else set())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021. 06. 01. 02:35", datetime(2021, 6, 1, 2, 35)),
        ("2021. 6. 1.", datetime(2021, 6, 1)),
        ("2021. 31. 6.", None),
    ],
)
def test_a_date_as_hungary_and_korea_write_it(con: Connection, text: str, value: datetime | None) -> None:
    assert {read(con, known, text) for known in dates.FORMATS} - {None} == ({value} if value else set())


@pytest.mark.parametrize("number", ["000010001", "302000123", "9000010001", "4006381333931"])
def test_a_number_of_no_plausible_day_is_no_epoch(con: Connection, number: str) -> None:
    assert all(read(con, known, number) is None for known in dates.FORMATS)


def test_of_numbers_between_hyphens_nobody_knows_which_is_the_year(con: Connection) -> None:
    assert all(read(con, known, "24-03-05") is None for known in dates.FORMATS)


def test_the_column_decides_not_its_beginning(con: Connection) -> None:
    fill(con, *["2021-03-04"] * dates.SAMPLE_ROWS, *["04.03.2021"] * (dates.SAMPLE_ROWS + 1))
    assert dates.choose(con, "day", "auto", "date_format").name == "dd.mm.yyyy"


def test_day_or_month_first_may_show_at_the_end(con: Connection) -> None:
    fill(con, *["03/04/2021"] * dates.SAMPLE_ROWS, "13/04/2021", "x")
    assert dates.choose(con, "day", "auto", "date_format").name == "dd/mm/yyyy"


def test_the_beginning_may_read_one_way_and_the_column_the_other(con: Connection) -> None:
    fill(con, *["13/04/2021"] * dates.SAMPLE_ROWS, *["04/13/2021"] * (dates.SAMPLE_ROWS + 1), "01/01/2021")
    assert dates.choose(con, "day", "auto", "date_format").name == "mm/dd/yyyy"


def test_a_tie_of_day_and_month_first_is_asked_for(con: Connection) -> None:
    fill(con, "13/04/2021", "04/13/2021", "03/04/2021")
    with pytest.raises(UserError, match="which is it"):
        dates.choose(con, "day", "auto", "date_format")


@pytest.mark.parametrize(("texts", "told"), [(["45292", "45293.5"], True), (["45292", "soon"], False)])
def test_days_as_a_spreadsheet_counts_them_are_told(con: Connection, texts: list[str], told: bool) -> None:
    fill(con, *texts)
    with pytest.raises(UserError, match="no value of the column") as caught:
        dates.choose(con, "day", "auto", "here")
    assert ("as a spreadsheet counts them" in str(caught.value)) is told
