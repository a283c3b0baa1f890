from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from pipeline.engine import duck


def test_runs_sql_with_named_parameters() -> None:
    with duck.connect(threads=1) as con:
        assert duck.run(con, "SELECT $a + $b", {"a": 1, "b": 2}).fetchall() == [(3,)]
        assert duck.run(con, "SELECT 7").fetchall() == [(7,)]


def test_the_time_zone_is_utc_and_the_progress_bar_off() -> None:
    with duck.connect() as con:
        zone, bar = con.execute(
            "SELECT current_setting('TimeZone'), current_setting('enable_progress_bar')"
        ).fetchall()[0]
        assert (zone, bar) == ("UTC", False)
        noon = "SELECT CAST(TIMESTAMPTZ '2021-07-01 12:00:00+02' AS TIMESTAMP)"
        assert duck.run(con, noon).fetchall() == [(datetime(2021, 7, 1, 10),)]


def test_settings_are_handed_on() -> None:
    with duck.connect(memory_limit="256MB", threads=1) as con:
        memory, threads = con.execute(
            "SELECT current_setting('memory_limit'), current_setting('threads')"
        ).fetchall()[0]
        assert (memory, threads) == ("244.1 MiB", 1)


def test_a_query_larger_than_memory_spills() -> None:
    with duck.connect(memory_limit="64MB", threads=1) as con:
        sql = "SELECT count(*) FROM (SELECT DISTINCT hash(range), range FROM range(3_000_000))"
        assert duck.run(con, sql).fetchall() == [(3_000_000,)]


@pytest.mark.parametrize("call", [duck.run, duck.arrow, duck.stream])
def test_an_error_shows_the_name_and_the_text_of_the_statement(call) -> None:  # type: ignore[no-untyped-def]
    with duck.connect() as con, pytest.raises(duck.SqlError) as raised:
        call(con, "SELECT missing_column", name="snapshots")
    assert raised.value.name == "snapshots"
    assert "snapshots: " in str(raised.value)
    assert "SELECT missing_column" in str(raised.value)


def test_bad_data_is_told_from_a_bad_statement() -> None:
    with duck.connect() as con:
        with pytest.raises(duck.InputError):
            duck.run(con, "SELECT error('broken row')")
        with pytest.raises(duck.SqlError) as raised:
            duck.run(con, "SELEC 1")
        assert not isinstance(raised.value, duck.InputError)


def test_frames_go_in_and_arrow_comes_out_exactly() -> None:
    with duck.connect() as con:
        duck.register(con, "given", pd.DataFrame({"cents": [1, 2], "name": ["ä", None]}))
        table = duck.arrow(
            con, "SELECT CAST(cents AS DECIMAL(18, 4)) / 1 AS x, name FROM given ORDER BY cents"
        )
        assert table["name"].to_pylist() == ["ä", None]
        streamed = duck.stream(con, "SELECT cents FROM given ORDER BY cents").read_all()
        assert streamed["cents"].to_pylist() == [1, 2]


def test_sql_lives_beside_the_code() -> None:
    assert "sum(paid)" in duck.sql_file("pipeline.tables.orders", "sql/purchases.sql")
