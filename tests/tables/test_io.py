from __future__ import annotations

import hashlib
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.engine import duck
from pipeline.tables import io


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_write_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.json"
    io.write_json({"b": 1, "a": 2}, target)
    io.write_json({"b": 3, "a": 2}, target)
    assert target.read_text() == '{\n  "b": 3,\n  "a": 2\n}\n'
    assert names(target.parent) == ["a.json"]


def write_half_and_fail(hidden: Path) -> None:
    hidden.write_bytes(b"half")
    raise OSError("disk full")


def write_two_and_fail(folder: Path) -> None:
    io.write_bytes(b"new", folder / "one")
    with io.all_or_nothing():
        io.write_bytes(b"new", folder / "two")
    raise OSError("disk full")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    io.write_bytes(b"old", target)
    with pytest.raises(OSError, match="disk"), io.beside(target) as hidden:
        write_half_and_fail(hidden)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_content_is_on_disk_before_it_has_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: steps.append("flush"))
    replace = os.replace
    monkeypatch.setattr("os.replace", lambda old, new: (steps.append("rename"), replace(old, new)))
    io.write_bytes(b"new", tmp_path / "one")
    with io.all_or_nothing():
        io.write_bytes(b"new", tmp_path / "two")
        io.write_bytes(b"new", tmp_path / "three")
    alone, together = ["flush", "rename", "flush"], ["flush", "flush", "rename", "rename", "flush"]
    assert steps == alone + together


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".a.bin.part").write_bytes(b"left over and longer than the content")
    io.write_bytes(b"new", tmp_path / "a.bin")
    assert names(tmp_path) == ["a.bin"]
    assert (tmp_path / "a.bin").read_bytes() == b"new"


def test_all_or_nothing_puts_files_in_place_together(tmp_path: Path) -> None:
    io.write_bytes(b"old", tmp_path / "one")
    with io.all_or_nothing():
        io.write_bytes(b"new", tmp_path / "one")
        io.write_json([1], tmp_path / "deep" / "two")
        assert (tmp_path / "one").read_bytes() == b"old"
        assert not (tmp_path / "deep" / "two").exists()
    assert (tmp_path / "one").read_bytes() == b"new"
    assert names(tmp_path / "deep") == ["two"]


def test_the_last_of_two_writes_counts(tmp_path: Path) -> None:
    with io.all_or_nothing():
        io.write_bytes(b"first", tmp_path / "one")
        io.write_bytes(b"second", tmp_path / "one")
    assert (tmp_path / "one").read_bytes() == b"second"
    assert names(tmp_path) == ["one"]


def test_private_files_are_for_their_owner(tmp_path: Path) -> None:
    (tmp_path / ".one.part").write_bytes(b"left over, open to all")
    io.write_bytes(b"new", tmp_path / "one", private=True)
    io.write_parquet(FRAME, tmp_path / "two", private=True)
    (tmp_path / ".three.part").touch(mode=0o600)
    io.write_bytes(b"new", tmp_path / "three")
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("one", "two", "three")]
    assert modes[:2] == [0o600, 0o600]
    assert modes[2] & 0o400
    assert modes[2] != 0o600


def test_all_or_nothing_changes_nothing_when_the_block_fails(tmp_path: Path) -> None:
    io.write_bytes(b"old", tmp_path / "one")
    with pytest.raises(OSError, match="disk"), io.all_or_nothing():
        write_two_and_fail(tmp_path)
    assert names(tmp_path) == ["one"]
    assert (tmp_path / "one").read_bytes() == b"old"
    io.write_bytes(b"later", tmp_path / "two")
    assert (tmp_path / "two").read_bytes() == b"later"


FRAME = pd.DataFrame(
    {
        "key": ["b", "a", "c"],
        "day": pd.to_datetime(["2021-01-02", "2021-01-01", "2021-01-03"]).astype("datetime64[ns]"),
        "x": [1, 2, 3],
        "maybe": pd.array([1, None, 3], dtype="Int64"),
        "churned": pd.array([True, None, False], dtype="boolean"),
        "share": [0.5, float("nan"), 1.5],
        "tier": pd.Categorical(["low", "high", "low"]),
    }
)


def test_parquet_returns_the_types(tmp_path: Path) -> None:
    io.write_parquet(FRAME.sort_values("key"), tmp_path / "t.parquet")
    read = io.read_parquet(tmp_path / "t.parquet")
    assert read["key"].tolist() == ["a", "b", "c"]
    assert [str(kind) for kind in read.dtypes] == [
        "str",
        "datetime64[us]",
        "int64",
        "Int64",
        "boolean",
        "float64",
        "str",
    ]
    assert np.isnan(read["share"][0])
    assert read["maybe"].isna().tolist() == [True, False, False]
    assert io.read_parquet(tmp_path / "t.parquet", columns=["x"])["x"].tolist() == [2, 1, 3]


def test_only_the_rows_with_some_values_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "ROW_GROUP_ROWS", 4)
    days = [date(2024, 1, 1 + number) for number in range(5)]
    rows = pa.table(
        {"key": list("abc") * 5, "cutoff": [day for day in days for _ in range(3)], "n": range(15)}
    )
    io.write_parquet(rows, tmp_path / "t.parquet")
    at_two = io.read_parquet(tmp_path / "t.parquet", only={"cutoff": [days[1], days[3]]})
    assert at_two["n"].tolist() == [3, 4, 5, 9, 10, 11]
    of_two = io.read_parquet(tmp_path / "t.parquet", ["n"], only={"cutoff": [days[1]], "key": ["a", "c"]})
    assert of_two.to_dict("list") == {"n": [3, 5]}
    nobody = io.read_parquet(tmp_path / "t.parquet", ["key", "n"], only={"key": ["d"]})
    assert nobody.empty
    assert list(nobody) == ["key", "n"]


def test_tables_that_come_one_after_the_other_are_written_as_one(tmp_path: Path) -> None:
    whole = FRAME.drop(columns="tier")
    parts = (whole.iloc[start : start + 2] for start in range(0, len(whole), 2))
    assert io.write_parquet(parts, tmp_path / "parts") == io.write_parquet(whole, tmp_path / "whole")


def test_money_stays_exact(tmp_path: Path) -> None:
    with duck.connect() as con:
        rows = duck.arrow(
            con, "SELECT 99999999999999.9999::DECIMAL(18, 4) AS amount, DATE '2021-01-01' AS day"
        )
    io.write_parquet(rows, tmp_path / "t.parquet")
    read = io.read_parquet(tmp_path / "t.parquet")
    assert read["amount"][0] == Decimal("99999999999999.9999")
    assert str(read["day"].dtype) == "datetime64[us]"


@pytest.mark.parametrize("digits", [5, 18, 19, 38])
def test_decimals_of_any_size_stay_exact(tmp_path: Path, digits: int) -> None:
    largest = Decimal(10**digits - 1)
    table = pa.table({"n": pa.array([largest, None, largest.copy_negate()], pa.decimal128(digits, 0))})
    io.write_parquet(table, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").equals(table)


def test_parquet_bytes_depend_on_the_rows_alone(tmp_path: Path) -> None:
    digest = io.write_parquet(FRAME, tmp_path / "1")
    assert digest == hashlib.sha256((tmp_path / "1").read_bytes()).hexdigest()
    io.write_parquet(FRAME.set_axis([7, 8, 9]), tmp_path / "2")
    io.write_parquet(pa.Table.from_pandas(FRAME, preserve_index=False), tmp_path / "3")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes() == (tmp_path / "3").read_bytes()


def test_parquet_bytes_do_not_depend_on_threads_or_batches(tmp_path: Path) -> None:
    columns = "range AS n, (range % 97)::DECIMAL(18, 4) AS amount, 'c' || hash(range) AS key"
    sql = f"SELECT {columns} FROM range(300_000)"
    for threads in (1, 2):
        with duck.connect(threads=threads) as con:
            io.write_parquet(duck.stream(con, f"{sql} ORDER BY n"), tmp_path / f"threads{threads}")
            table = duck.arrow(con, f"{sql} ORDER BY n")
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=777))
    io.write_parquet(reader, tmp_path / "small_batches")
    first = (tmp_path / "threads1").read_bytes()
    assert first == (tmp_path / "threads2").read_bytes() == (tmp_path / "small_batches").read_bytes()
    groups = pq.ParquetFile(tmp_path / "threads1").metadata
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [122_880, 122_880, 54_240]


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    io.write_parquet(FRAME.iloc[:0], tmp_path / "t.parquet")
    read = io.read_parquet(tmp_path / "t.parquet")
    assert list(read.columns) == list(FRAME.columns)
    assert read.empty


def test_csv_has_plain_lines_and_short_floats(tmp_path: Path) -> None:
    io.write_csv(pd.DataFrame({"name": ["ü", 'a,"b"'], "x": [1 / 3, 2.0]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == 'name,x\nü,0.333333\n"a,""b""",2\n'.encode()


def test_json_is_rounded_and_holds_no_nan(tmp_path: Path) -> None:
    content = {
        "z": np.float64(123456.789),
        "n": np.int64(3),
        "flag": np.bool_(True),
        "nan": float("nan"),
        "inf": np.inf,
        "na": pd.NA,
        "day": date(2021, 3, 4),
        "at": pd.Timestamp("2021-03-04 10:00"),
        "money": Decimal("1.23456789"),
        "list": (1e-9 / 3, [np.array([0.1 + 0.2])]),
        5: "key",
    }
    io.write_json(content, tmp_path / "t.json")
    assert json.loads((tmp_path / "t.json").read_text()) == {
        "z": 123457.0,
        "n": 3,
        "flag": True,
        "nan": None,
        "inf": None,
        "na": None,
        "day": "2021-03-04",
        "at": "2021-03-04T10:00:00",
        "money": 1.23457,
        "list": [3.33333e-10, [[0.3]]],
        "5": "key",
    }
    assert list(json.loads((tmp_path / "t.json").read_text()))[:2] == ["z", "n"]


def test_a_categorical_column_is_written_as_its_texts(tmp_path: Path) -> None:
    """Each row group holds the values it uses, whatever else the categories are and in whatever order."""
    texts = pd.Series(["b", "a", None, "b"], dtype="str")
    for name, categories in (("1", ["a", "b"]), ("2", ["x", "b", "y", "a"])):
        io.write_parquet(pd.DataFrame({"key": pd.Categorical(texts, categories)}), tmp_path / name)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    read = io.read_parquet(tmp_path / "1")["key"]
    assert read.dtype == "str"
    assert read.fillna("none").tolist() == ["b", "a", "none", "b"]
