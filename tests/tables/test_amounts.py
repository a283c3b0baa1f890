from __future__ import annotations

import re

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
