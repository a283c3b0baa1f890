from __future__ import annotations

import pandas as pd

from pipeline.features.sampling import some_customers

KEYS = pd.Series([f"c{number:03d}" for number in range(300)] * 2)


def test_the_same_customers_for_any_order_of_the_rows() -> None:
    chosen = some_customers(KEYS, 40, seed=3)
    assert len(set(chosen)) == 40
    assert set(chosen) <= set(KEYS)
    assert chosen.tolist() == some_customers(KEYS.sample(frac=1, random_state=1), 40, seed=3).tolist()
    assert set(chosen) != set(some_customers(KEYS, 40, seed=4))


def test_all_where_there_are_no_more() -> None:
    assert some_customers(KEYS, 300, seed=3).tolist() == sorted(KEYS.unique())
