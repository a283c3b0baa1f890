from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.retention.rfm import RFM_GROUPS, rfm_group, rfm_scores, score_by_rank


def test_one_time_buyers_share_the_lowest_frequency_score_however_many_they_are() -> None:
    frequency = pd.Series([0] * 60 + [1] * 20 + [2] * 10 + [3] * 10)
    assert score_by_rank(frequency).tolist() == [1] * 60 + [4] * 20 + [5] * 20


def test_without_ties_the_scores_are_quintiles_and_missing_values_are_the_worst() -> None:
    assert score_by_rank(pd.Series(range(10))).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert score_by_rank(pd.Series([3.0, np.nan, 1.0, 2.0, 4.0])).tolist() == [4, 1, 2, 3, 5]


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=50))
@settings(deadline=None, max_examples=50)
def test_a_better_value_never_has_a_lower_score_and_ties_share_theirs(values: list[float | None]) -> None:
    goodness = pd.Series(values, dtype="float64")
    score = score_by_rank(goodness)
    assert score.between(1, 5).all()
    by_value = score.groupby(goodness.fillna(-np.inf)).agg(["min", "max"])
    assert (by_value["min"] == by_value["max"]).all()
    assert by_value["max"].is_monotonic_increasing


def test_every_triple_of_scores_has_a_group_and_every_group_is_reached() -> None:
    triples = np.array(list(product(range(1, 6), repeat=3)))
    groups = rfm_group(triples[:, 0], triples[:, 1], triples[:, 2])
    assert set(groups.tolist()) == set(RFM_GROUPS)
    assert rfm_group(np.array([5, 1, 1, 5]), np.array([5, 1, 5, 1]), np.array([5, 1, 5, 1])).tolist() == [
        "champions",
        "lost",
        "cannot_lose",
        "new_customers",
    ]


def test_lately_often_and_much_is_good() -> None:
    customers = pd.DataFrame(
        {
            "days_since_last": [400, 0, 90, 30, 200],
            "frequency": [0, 9, 2, 5, 1],
            "spend_total": [5.0, 900.0, 120.0, 300.0, 40.0],
        }
    )
    scores = rfm_scores(customers)
    for name in ("rfm_recency", "rfm_frequency", "rfm_monetary"):
        assert scores[name].tolist() == [1, 5, 3, 4, 2]
    assert scores["rfm_group"].tolist() == ["lost", "champions", "need_attention", "loyal", "hibernating"]
