from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables import amounts
from pipeline.tables.amounts import AMOUNT, PLAIN_VALUES, SHAPES, VALUES, choose, read_plain
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import Ingest


@pytest.mark.parametrize("sign", [".", ","])
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_the_cheap_way_to_read_an_amount_never_differs(sign: str, data: st.DataObject) -> None:
    shape = st.from_regex(re.compile(SHAPES[sign].replace("''", "'"), re.ASCII), fullmatch=True)
    numbers = data.draw(st.lists(shape, min_size=20, max_size=40))
    plain, grouped = (f"TRY_CAST({values[sign]} AS DECIMAL(18, 4))" for values in (PLAIN_VALUES, VALUES))
    with duck.connect(threads=1) as con:
        duck.run(con, "CREATE TABLE numbers AS SELECT unnest($numbers) AS number", {"numbers": numbers})
        differing = f"SELECT number FROM numbers WHERE {plain} <> {grouped}"
        assert duck.run(con, differing).fetchall() == []


FOUR_PLACES = Decimal("0.0001")
SMALL = st.decimals(-2_000_000, 2_000_000, places=4)
LARGE = st.decimals(Decimal("-99999999999999"), Decimal("99999999999999"), places=4)


@settings(deadline=None, max_examples=30)
@given(pairs=st.lists(st.tuples(SMALL | LARGE, SMALL | LARGE), min_size=1, max_size=20))
def test_units_times_their_price_rounded_to_four_places(pairs: list[tuple[Decimal, Decimal]]) -> None:
    prices, units = zip(*pairs, strict=True)
    with duck.connect(threads=1) as con:
        amounts.define_macros(con)
        products = """
            SELECT of_units(price::DECIMAL(18, 4), units::DECIMAL(18, 4))
            FROM (SELECT unnest($prices) AS price, unnest($units) AS units)"""
        texts = {"prices": [str(price) for price in prices], "units": [str(number) for number in units]}
        found = [product for (product,) in duck.run(con, products, texts).fetchall()]
    with localcontext(prec=50):
        exact = [(price * number).quantize(FOUR_PLACES, ROUND_HALF_UP) for price, number in pairs]
    assert found == [product if abs(product) < 10**14 else None for product in exact]


WRITTEN = st.from_regex(re.compile(r"[+-]?\d{0,4}\.?\d{0,5}", re.ASCII), fullmatch=True)
ODD = st.sampled_from(
    ["", "1,5", "1.234", "1.234,5", "1e5", "€ 3", "1/2", "99999999999999.9999", "1" * 16, "nan"]
)
BLOCK = st.lists(WRITTEN | st.decimals(-(10**6), 10**6, places=2).map(str) | ODD, max_size=4)


@settings(deadline=None, max_examples=150)
@given(blocks=st.lists(BLOCK, max_size=3), sign=st.sampled_from(["auto", ".", ","]))
def test_plain_amounts_read_as_sql_reads_them(blocks: list[list[str]], sign: str) -> None:
    texts = pa.chunked_array(blocks, pa.string())
    plain = read_plain([texts], sign)
    with duck.connect(threads=1) as con:
        amounts.define_macros(con)
        duck.register(con, "texts", pa.table({"amount": texts}))
        try:
            chosen = choose(con, "FROM texts", sign, "sources.orders")
        except UserError:
            assert plain is None
            return
        reads = "CASE WHEN is_amount(number_text(amount)) THEN read_amount(number_text(amount)) END"
        read = duck.run(con, f"SELECT {reads} FROM texts").fetchall()
    assert plain is None or (chosen, [(amount,) for amount in plain[0].to_pylist()]) == (".", read)


@pytest.mark.parametrize("texts", [["1.50", "-2", "+3.1234"], ["1.234", "12.5"]])
def test_plain_amounts_take_the_short_cut(texts: list[str]) -> None:
    plain = read_plain([pa.chunked_array([[], texts], pa.string())], "auto")
    assert plain is not None
    assert plain[0].equals(pa.chunked_array([[Decimal(text) for text in texts]], AMOUNT))
    assert read_plain([pa.chunked_array([["1.234", "2.000"]])], "auto") is None, "it may be 1234"


ROW = st.tuples(
    st.sampled_from(["a", "b", "", "NULL"]),
    st.sampled_from(["2021-01-05", "2021-01-06", "1900-01-01", "2999-01-01"]),
    st.sampled_from(["5.50", "-5.50", "0", "7.00", "99999999999999.99"]),
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["web", ""]),
    st.sampled_from(["done", "Cancelled"]),
)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=8), per_unit=st.booleans())
def test_a_log_of_plain_amounts_becomes_the_same_on_the_long_way(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, ...]], per_unit: bool
) -> None:
    text = "customer,date,amount,no,channel,state,units\n"
    text += "".join(",".join(row) + ",2\n" for row in [*rows, ("d", "2021-01-09", "1.5", "9", "shop", "")])
    columns: dict[str, str | None] = {"order_id": "no", "channel": "channel", "status": "state"}
    columns |= {"amount": None, "unit_price": "amount", "quantity": "units"} if per_unit else {}
    policies = Policies(cancelled_status=("cancelled",), duplicates="drop_exact")
    found = ingest(text, policies=policies, **columns)
    with monkeypatch.context() as patched:
        patched.setattr(amounts, "read_plain", lambda *_: None)
        expected = ingest(text, policies=policies, **columns)
    assert found.orders.equals(expected.orders)
    assert found.returns.equals(expected.returns)
    assert found.quarantine.equals(expected.quarantine)
    assert found.counts == expected.counts
