from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engine import duck
from pipeline.tables.amounts import PLAIN_VALUES, SHAPES, VALUES


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
        duck.run(con, duck.sql_file("pipeline.tables", "sql/amounts.sql"))
        products = """
            SELECT of_units(price::DECIMAL(18, 4), units::DECIMAL(18, 4))
            FROM (SELECT unnest($prices) AS price, unnest($units) AS units)"""
        texts = {"prices": [str(price) for price in prices], "units": [str(number) for number in units]}
        found = [product for (product,) in duck.run(con, products, texts).fetchall()]
    with localcontext(prec=50):
        exact = [(price * number).quantize(FOUR_PLACES, ROUND_HALF_UP) for price, number in pairs]
    assert found == [product if abs(product) < 10**14 else None for product in exact]
