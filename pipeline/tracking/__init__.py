"""MLflow: one run for each pipeline state, one registered version for each churn model, one champion.

- The store: `store`, and `names` that it takes.
- A run: `runs`; its model: `registry`, which is served by `churn_model`.
- Who is in charge: `versions`; who may be next: `gate`.

Importing this package is quick; MLflow itself is imported by the functions that need it.
"""

from __future__ import annotations

from pipeline.tracking.gate import Decision, decide, first, settled, succeed, unseen_archive
from pipeline.tracking.runs import PipelineState, Tracked, is_tracked, track
from pipeline.tracking.store import TrackingFailed, tracking_uri
from pipeline.tracking.versions import (
    ModelVersion,
    model_versions,
    note,
    promote,
    rollback,
    stored_model,
    unknown_versions,
)

__all__ = [
    "Decision",
    "ModelVersion",
    "PipelineState",
    "Tracked",
    "TrackingFailed",
    "decide",
    "first",
    "is_tracked",
    "model_versions",
    "note",
    "promote",
    "rollback",
    "settled",
    "stored_model",
    "succeed",
    "track",
    "tracking_uri",
    "unknown_versions",
    "unseen_archive",
]
