"""Amounts with two decimals take a short cut, which reads what the long way reads."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables import amounts
from pipeline.tables.cents import MONEY, read_cents, sign_of, with_cents
from pipeline.tables.sources import Raw

WHOLE = st.integers(0, 10**13 - 1).map(str) | st.integers(0, 99).map("{:03d}".format) | st.just("")
CENTS = st.integers(0, 99).map("{:02d}".format) | st.text("0123456789", max_size=3)
ODD = st.sampled_from(
    ["", "-", "1e5.00", "1.234.50", "1,234.50", "--1.00", "5-0.00", "12.5-", "٣.00", " 1.00"]
)


def texts(sign: str) -> st.SearchStrategy[list[str]]:
    written = st.builds("{}{}{}{}".format, st.sampled_from(["", "-"]), WHOLE, st.just(sign), CENTS)
    return st.lists(written, min_size=1, max_size=3) | st.lists(written | ODD, min_size=1, max_size=3)


@settings(deadline=None, max_examples=150)
@given(data=st.data(), sign=st.sampled_from(".,"))
def test_the_short_cut_reads_what_sql_reads(data: st.DataObject, sign: str) -> None:
    block = data.draw(texts(sign))
    found = read_cents(pa.array(block))
    if found is None:
        return
    with duck.connect(threads=1) as con:
        duck.run(con, duck.sql_file("pipeline.tables", "sql/amounts.sql"))
        duck.register(con, "texts", pa.table({"amount": block}))
        assert amounts.choose(con, "SELECT amount FROM texts", "auto", "sources.orders") == sign
        read = "SELECT CASE WHEN is_amount(amount) THEN read_amount(amount) END AS value FROM texts"
        assert found.equals(duck.arrow(con, read)["value"].combine_chunks())


@pytest.mark.parametrize("sign", [".", ","])
def test_amounts_with_two_decimals_take_the_short_cut(sign: str) -> None:
    block = pa.array(
        [text.replace(".", sign) for text in ("x", "0.00", "-12.34", "-.50", "9999999999999.99")]
    )
    found = read_cents(block.slice(1))
    assert found is not None
    assert found.to_pylist() == [Decimal(text) for text in ("0", "-12.34", "-0.5", "9999999999999.99")]
    assert sign_of(block.slice(1)) == sign


@pytest.mark.parametrize("text", ["", "5", "1.5", "1.234", ".50", "+1.00", "1_0.00", "1e1.00", "12-.00"])
def test_other_amounts_do_not(text: str) -> None:
    assert read_cents(pa.array(["1.00", text])) is None


@pytest.mark.parametrize(
    ("chunks", "decimal", "taken"),
    [
        ([["1.00"], [], ["2.00"]], "auto", True),
        ([["1.00"], ["2.00"]], ".", True),
        ([["1.00"], ["2.00"]], ",", False),
        ([["1.00"], ["2,00"]], "auto", False),
        ([["1.00"], ["2"]], "auto", False),
    ],
)
def test_only_a_column_written_in_one_way(chunks: list[list[str]], decimal: str, taken: bool) -> None:
    column = pa.chunked_array(chunks, pa.string())
    log = with_cents(Raw((), pa.table({"amount": column}), {"amount": "Betrag"}), decimal)
    assert ("cents" in log.rows.column_names) == taken
    if taken:
        assert log.rows["cents"].equals(column.cast(MONEY))
