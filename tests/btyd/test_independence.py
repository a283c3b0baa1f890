"""Does spend depend on frequency?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from pipeline.btyd import spend_independence


def test_cdnow_is_independent_enough(cdnow: pd.DataFrame) -> None:
    found = spend_independence(cdnow)
    assert found.spearman == pytest.approx(0.2063, abs=5e-5)
    assert 0.0 < found.eta_squared < 0.1
    assert found.independent
    assert "weak enough" in found.message
    assert spend_independence(cdnow.sample(frac=1.0, random_state=1)) == found


@pytest.mark.parametrize(
    ("shape", "spearman_sees_it"),
    [(lambda n: 10.0 + 5.0 * n, True), (lambda n: 20.0 + (n - 5.0) ** 2, False)],
)
def test_dependence_is_seen(shape: Callable[[object], object], spearman_sees_it: bool) -> None:
    rng = np.random.default_rng(0)
    n = rng.integers(1, 10, 2000)
    summary = pd.DataFrame({"spend_days": n, "monetary_value": shape(n) + rng.normal(0, 3, 2000)})
    found = spend_independence(summary)
    assert not found.independent
    assert found.eta_squared > 0.5
    assert (abs(found.spearman) > 0.3) is spearman_sees_it


def test_nothing_varies() -> None:
    found = spend_independence(pd.DataFrame({"spend_days": [1, 1, 0], "monetary_value": [5.0, 5.0, 0.0]}))
    assert np.isnan(found.spearman)
    assert found.independent
