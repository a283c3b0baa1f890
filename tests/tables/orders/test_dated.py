"""Plain ISO dates take a short cut, which reads what the long way reads."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables import dates
from pipeline.tables.orders.dated import MICROSECONDS, plain_times

DIGITS = st.text("0123456789", min_size=2, max_size=2)
TWO = st.integers(0, 32).map("{:02d}".format) | st.integers(0, 61).map("{:02d}".format) | DIGITS
DAY = st.builds("{}-{}-{}".format, st.integers(0, 9999).map("{:04d}".format), TWO, TWO)
SECOND = st.builds("{}{}{}:{}:{}".format, DAY, st.sampled_from("T _"), TWO, TWO, TWO)
ODD = st.sampled_from(
    ["", "2024/12/31", "20241231Z0", "2024-12-31 23:59+01", "2024-12-31 10:00:60", "2024-12-31 24:00:00"]
)
PLAIN = st.builds("{}".format, st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat(" ")))
BLOCK = st.lists(DAY | ODD, min_size=1, max_size=3) | st.lists(SECOND | PLAIN | ODD, min_size=1, max_size=3)


@settings(deadline=None, max_examples=150)
@given(block=BLOCK)
def test_the_short_cut_reads_what_sql_reads(block: list[str]) -> None:
    with duck.connect(threads=1) as con:
        dates.define(con, dates.ISO)
        duck.register(con, "texts", pa.table({"value": block}))
        sql = duck.arrow(con, "SELECT read_date(value) AS at FROM texts")["at"].combine_chunks()
    plain = plain_times(pa.array(block))
    assert plain is None or plain.equals(sql.cast(MICROSECONDS))


def test_plain_dates_take_the_short_cut() -> None:
    times = plain_times(pa.array(["2024-12-31 23:59:59", "2024-02-29T00:00:00"]))
    assert times is not None
    assert str(times[1]) == "2024-02-29 00:00:00"
