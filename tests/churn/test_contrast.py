from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.churn.contrast import no_flatter, slope

RNG = np.random.default_rng(3)
SOME = st.lists(
    st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)).map(lambda pair: tuple(round(x, 6) for x in pair)),
    min_size=1,
    max_size=30,
)


def test_a_blend_that_knows_more_is_left_alone() -> None:
    part, rest = RNG.normal(0, 1, 20_000), RNG.normal(0, 0.7, 20_000)
    knows_all, knows_part = np.exp(part + rest), np.exp(part + 0.7**2 / 2)
    assert slope(knows_all, knows_part) == 1
    np.testing.assert_allclose(no_flatter(knows_all, knows_part), knows_all)


def test_a_flat_blend_gets_the_lifetime_models_contrast() -> None:
    lifetime = np.exp(RNG.normal(0, 1, 5_000))
    flat = lifetime**0.8
    assert slope(flat, lifetime) == pytest.approx(1.25, abs=1e-6)
    np.testing.assert_allclose(no_flatter(flat, lifetime), lifetime * flat.sum() / lifetime.sum(), rtol=1e-5)


@settings(deadline=None, max_examples=200)
@given(SOME)
def test_total_and_order_stay(pairs: list[tuple[float, float]]) -> None:
    blend, lifetime = np.array(pairs).T
    found = no_flatter(blend, lifetime)
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(blend.sum())
    assert (np.diff(found[np.argsort(blend)]) >= -1e-9 * blend.sum()).all()
    assert 1 <= slope(blend, lifetime) <= 1.5


def test_the_currency_does_not_matter() -> None:
    blend, lifetime = np.exp(RNG.normal(0, 0.5, 500)), np.exp(RNG.normal(0, 1, 500))
    np.testing.assert_allclose(100 * no_flatter(blend, lifetime), no_flatter(100 * blend, 7 * lifetime))


def test_who_is_not_predicted_stays_so() -> None:
    blend = np.array([1.0, np.nan, 3.0, 4.0])
    found = no_flatter(blend, np.array([0.1, 1.0, 3.0, 9.0]))
    assert np.isnan(found).tolist() == [False, True, False, False]
    assert np.nansum(found) == pytest.approx(8.0)


@pytest.mark.parametrize("lifetime", [np.zeros(3), np.full(3, np.nan)])
def test_without_an_opinion_nothing_changes(lifetime: np.ndarray) -> None:
    blend = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(no_flatter(blend, lifetime), blend)
    np.testing.assert_array_equal(no_flatter(np.zeros(3), lifetime), 0)
