"""How fast and how exact is our TreeSHAP next to the package shap (`pip install shap` first)?

Boosting as the churn model uses it, on made-up rows of which a third of the cells is missing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import shap
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.churn.members import BOOSTING
from pipeline.churn.treeshap import TreeShap

Floats = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--features", type=int, default=60)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(asked.rows, asked.features))
    rows[rng.random(rows.shape) < 1 / 3] = np.nan
    known = np.nan_to_num(rows)
    churned = known[:, 0] + known[:, 1] * known[:, 2] + rng.normal(size=asked.rows) > 0
    model = HistGradientBoostingClassifier(random_state=0, **BOOSTING).fit(rows, churned)

    own, own_seconds = timed(lambda: TreeShap.of(model).contributions(rows))
    other, other_seconds = timed(
        lambda: shap.TreeExplainer(model, feature_perturbation="tree_path_dependent").shap_values(rows)
    )
    trees = BOOSTING["max_iter"]
    print(f"{asked.rows:,} rows, {asked.features} features, {trees} trees, shap {shap.__version__}")
    print(f"own  {own_seconds:6.2f} CPU s")
    print(f"shap {other_seconds:6.2f} CPU s")
    print(f"largest difference {np.abs(own - other).max():.1e}")


def timed(work: Callable[[], Floats]) -> tuple[Floats, float]:
    start = time.process_time()
    return work(), time.process_time() - start


if __name__ == "__main__":
    main()
