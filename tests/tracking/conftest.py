from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier

from pipeline.tracking import PipelineState, tracking_uri
from pipeline.tracking.store import open_store

FEATURES = ["overdue", "frequency", "mean_gap_days"]


@pytest.fixture(scope="session")
def features() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(120, 3)), columns=FEATURES)
    frame.loc[::5, "mean_gap_days"] = np.nan
    return frame


@pytest.fixture(scope="session")
def classifier(features: pd.DataFrame) -> CalibratedClassifierCV:
    churned = features["overdue"] + 0.5 * features["frequency"] > 0
    trees = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=5)
    return CalibratedClassifierCV(trees, cv=2).fit(features, churned)


@pytest.fixture
def state(tmp_path: Path, classifier: CalibratedClassifierCV) -> PipelineState:
    model_file = tmp_path / "churn.skops"
    model_file.write_bytes(skops.io.dumps(classifier))
    value_file = tmp_path / "value.skops"
    value_file.write_bytes(b"trees")
    report, plot = tmp_path / "index.html", tmp_path / "gains.csv"
    report.write_text("<h1>Report</h1>")
    plot.write_text("share,lift\n0.1,3.2\n")
    return PipelineState(
        run_id="5e" * 32,
        experiment="churn",
        params={"churn": {"horizon_days": 90, "features": FEATURES}, "ingest": {"note": "x" * 900}},
        metrics={
            "churn": {"roc_auc": {"value": 0.81, "low": 0.79, "high": 0.83}, "grade": "B", "lift": None},
            "value": {"bias": -0.02, "rows": 2357},
        },
        plots=[report, plot],
        model_file=model_file,
        holdout_model_file=model_file,
        value_model_file=value_file,
        model_tags={
            "horizon_days": "90",
            "as_of": "2024-06-01",
            "holdout": "2024-03-03",
            "log_loss": "0.4012 (0.3890 to 0.4130)",
        },
        model_card={
            "features": FEATURES,
            "trusted_types": skops.io.get_untrusted_types(file=model_file),
        },
        lifetime_value={"bgnbd": {"r": 0.243, "alpha": 4.414, "time_unit": "week"}},
        git_revision="9f" * 20,
        git_dirty=False,
        data_fingerprint="da" * 32,
    )


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables: made once, since that takes seconds, and copied for each test."""
    root = tmp_path_factory.mktemp("empty_store")
    with open_store(tracking_uri({}, root)):
        return root / "mlflow.db"


@pytest.fixture
def uri(empty_store: Path, tmp_path: Path) -> str:
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return tracking_uri({}, tmp_path)
