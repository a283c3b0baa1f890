"""Work on all cores gives what work on one does."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.tables.parallel import put, taken


@pytest.mark.parametrize("size", [0, 1, 2, 1000])
def test_taking_and_putting_are_inverse(size: int) -> None:
    rng = np.random.default_rng(size)
    values, places = rng.integers(0, 99, size), rng.permutation(size)
    assert taken(values, places).tolist() == values[places].tolist()
    back = np.empty_like(values)
    put(taken(values, places), places, into=back)
    assert back.tolist() == values.tolist()
