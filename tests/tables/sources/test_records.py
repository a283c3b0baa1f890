from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables.sources import delimited
from pipeline.tables.sources.files import SourceFile
from pipeline.tables.sources.raw import RawTable
from pipeline.tables.sources.records import records
from pipeline.tables.sources.text import open_text

DIALECT = SimpleNamespace(delimiter="auto", encoding="auto")
COLUMNS = {"a": "A", "b": "B"}


def split(text: str, width: int = 2) -> list[tuple[int, list[str], str | None]]:
    found = records(io.StringIO(text, newline=""), ",", width, 1)
    return [(record.line, record.fields, record.rule) for record in found]


def test_lines_are_physical() -> None:
    assert split('1,2\n\n"3\n\n3",4\r\n5,6') == [
        (1, ["1", "2"], None),
        (3, ["3\n\n3", "4"], None),
        (6, ["5", "6"], None),
    ]


def test_an_open_quote_costs_its_own_line() -> None:
    assert split('"1,2\n3,4\n5,6\n') == [
        (1, ["1,2\n"], "too_few_columns"),
        (2, ["3", "4"], None),
        (3, ["5", "6"], None),
    ]


def test_two_open_quotes_do_not_swallow_what_lies_between() -> None:
    found = split('"1,2\n3,4\n5,"6\n7,8\n')
    assert [(line, rule) for line, _, rule in found] == [
        (1, "too_few_columns"),
        (2, None),
        (3, None),
        (4, None),
    ]


def test_an_open_quote_in_a_long_file_is_given_up() -> None:
    found = split('"1,2\n' + "3,4\n" * 50_000)
    assert len(found) == 50_001
    assert [rule for _, _, rule in found if rule] == ["too_few_columns"]


def test_a_quote_that_ends_early_is_kept_readable() -> None:
    assert split('"5" pipe,2\n3,4\n') == [(1, ["5 pipe", "2"], None), (2, ["3", "4"], None)]


def test_empty_fields_beyond_the_header_do_no_harm() -> None:
    assert split("1,2,, \n3,4,5\n,\n") == [
        (1, ["1", "2"], None),
        (2, ["3", "4", "5"], "too_many_columns"),
        (3, ["", ""], None),
    ]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(*2 * [st.text(st.sampled_from('ab ",;\n\r.ü'), max_size=4)]), min_size=1, max_size=8
    ),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_both_readers_agree_on_what_a_csv_writer_wrote(
    tmp_path: Path, rows: list[tuple[str, str]], end: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["A", "B"])
    writer.writerows(rows)
    path = tmp_path / "rows.csv"
    path.write_bytes(written.getvalue().encode())
    with duck.connect(threads=1) as con:
        table = RawTable(con, COLUMNS)
        text = open_text(SourceFile("rows.csv", path), "utf-8", tmp_path, "sources.rows")
        header = delimited.Header(("A", "B"), 1, ",")
        plain = delimited._read_plain(table, 0, text, header, {"a": 0, "b": 1})
        exact = delimited._read_records(table, 1, text, header, {"a": 0, "b": 1})
        table.show()
        values = [
            con.execute(f"SELECT line, a, b FROM raw WHERE file_no = {n} ORDER BY line").fetchall()
            for n in (0, 1)
        ]
    stripped = [(a.strip(" \n\r"), b.strip(" \n\r")) for a, b in rows]
    assert exact == len(rows)
    assert [(a, b) for _, a, b in values[1]] == stripped
    in_lines = not any(sign in value for row in rows for value in row for sign in "\n\r")
    assert (plain is not None) == in_lines
    if in_lines:
        assert values[0] == values[1]
