"""Work on all cores gives what work on one does."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.tables.parallel import put, sort, taken


@pytest.mark.parametrize("size", [0, 1, 2, 1000])
def test_taking_and_putting_are_inverse(size: int) -> None:
    rng = np.random.default_rng(size)
    values, places = rng.integers(0, 99, size), rng.permutation(size)
    assert taken(values, places).tolist() == values[places].tolist()
    back = np.empty_like(values)
    put(taken(values, places), places, into=back)
    assert back.tolist() == values.tolist()


@pytest.mark.parametrize("size", [0, 1, 2, 1000])
@pytest.mark.parametrize("cores", [1, 2, 5])
def test_sorted_in_parts_is_sorted(monkeypatch: pytest.MonkeyPatch, size: int, cores: int) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    values = np.random.default_rng(size).integers(0, 99, size)
    ascending = sorted(values.tolist())
    sort(values)
    assert values.tolist() == ascending
