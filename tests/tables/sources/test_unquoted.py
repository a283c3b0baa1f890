"""The fastest reader takes what it can read as the exact one would, and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.dated import plain_times
from pipeline.tables.sources import delimited
from pipeline.tables.sources import text as text_module
from pipeline.tables.sources.files import SourceFile
from pipeline.tables.sources.header import Header
from pipeline.tables.sources.raw import RawTable
from pipeline.tables.sources.text import TextFile, open_text
from pipeline.tables.sources.unquoted import may_have_blank_ends, read_unquoted

COLUMNS = {"a": "A", "b": "B"}
AT = {"a": 0, "b": 1}
HEADER = Header(("A", "B"), 1, ";")


def written(folder: Path, content: str) -> TextFile:
    path = folder / "rows.csv"
    path.write_bytes(content.encode())
    return open_text(SourceFile("rows.csv", path), "utf-8", folder, "sources.rows")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(*2 * [st.text("ab üï€\u00a0\u202f\ufeff\t'", max_size=4)]), min_size=1, max_size=8
    ),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_it_reads_what_the_exact_reader_reads(tmp_path: Path, rows: list[tuple[str, str]], end: str) -> None:
    text = written(tmp_path, end.join(["A;B", *(f"{a};{b}" for a, b in rows)]) + end)
    with duck.connect(threads=1) as con:
        table = RawTable(con, COLUMNS)
        assert delimited._read_unquoted(table, 0, text, HEADER, AT) == len(rows)
        exact = delimited._read_records(table, 1, text, HEADER, AT)
        table.show()
        fast, slow = (
            con.execute(f"SELECT line, a, b FROM raw WHERE file_no = {n} ORDER BY line").fetchall()
            for n in (0, 1)
        )
    # A line of nothing but blanks and delimiters is no record to the exact reader.
    filled = [row for row in fast if row[1] or row[2]]
    assert len(slow) == exact
    assert [row for row in slow if row[1] or row[2]] == filled


@pytest.mark.parametrize(
    "content", ['A;B\n1;"2"\n', "A;B\n1;2;3\n", "A;B\n1\n", "A;B\n\n1;2\n", "A;B\n1;2\r3;4\n"]
)
def test_it_leaves_alone_what_is_not_plain(tmp_path: Path, content: str) -> None:
    assert read_unquoted(written(tmp_path, content), HEADER, AT) is None


def test_a_quote_is_seen_wherever_the_file_is_cut_to_be_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "BLOCK_BYTES", 4)
    assert read_unquoted(written(tmp_path, 'A;B\n"1";2\n'), HEADER, AT) is None


def test_quotes_in_the_header_do_no_harm(tmp_path: Path) -> None:
    rows = read_unquoted(written(tmp_path, '"A";"B"\n1;2\n3;4\n'), HEADER, AT)
    assert rows is not None
    assert rows.to_pydict() == {"line": [2, 3], "a": ["1", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(("second", "kind"), [("2021-03-05", pa.timestamp("us")), ("5 March", pa.string())])
def test_a_column_is_read_as_values_only_if_all_of_it_is_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, kind: pa.DataType
) -> None:
    monkeypatch.setattr(text_module, "BLOCK_BYTES", 4)
    file = written(tmp_path, f"A;B\n2021-03-04;1\n{second};2\n")
    rows = read_unquoted(file, HEADER, AT, {"a": plain_times})
    assert rows is not None
    assert len(file.blocks) == 2
    assert rows["a"].type == kind
    assert rows["a"].cast(pa.string()).to_pylist()[0].startswith("2021-03-04")
    assert rows.drop_columns("a").to_pydict() == {"line": [2, 3], "b": ["1", "2"]}


@pytest.mark.parametrize("last", ["2;3", "2;3\n", "2;3\n\n\n\n\n\n"])
def test_lines_are_counted_over_all_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    monkeypatch.setattr(text_module, "BLOCK_BYTES", 3)
    rows = read_unquoted(written(tmp_path, "A title\nA;B\n0;1\n" + last), Header(("A", "B"), 2, ";"), AT)
    assert rows is not None
    assert rows.to_pydict() == {"line": [3, 4], "a": ["0", "2"], "b": ["1", "3"]}


def test_a_line_that_is_far_too_long_goes_the_long_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BLOCK_BYTES", "LINE_BYTES", "MAX_LINE_BYTES"):
        monkeypatch.setattr(text_module, name, 4)
    assert read_unquoted(written(tmp_path, "A;B\n0123456789012345;1\n"), HEADER, AT) is None


@pytest.mark.parametrize("text", [" a", "a ", "a\t", "\u00a0a", "a\u202f", "\ufeffa"])
def test_blank_ends_are_seen_among_other_texts(text: str) -> None:
    assert may_have_blank_ends(pa.table({"a": ["", "b", text, ""]}))
    assert may_have_blank_ends(pa.table({"a": ["b", text, "b"]}).slice(1))
    assert not may_have_blank_ends(pa.table({"a": ["", "b", "Käse ß", ""]}))


def test_a_format_that_reads_the_first_values_alone_is_not_taken(
    ingest: Callable[..., Ingested],
) -> None:
    """Day-first is the only format for 2,500 rows; month-first reads more of the column as a whole."""
    first = "a,13/02/2021,5\n" * 2_500
    later = "a,02/13/2021,5\n" * 3_000
    ingested = ingest("customer,date,amount\n" + first + later)
    assert ingested.counts["read_as"]["date_format"] == "mm/dd/yyyy"
    assert len(ingested.quarantine) == 2_500
