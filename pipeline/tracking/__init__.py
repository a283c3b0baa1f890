"""MLflow: one run for each pipeline state, one registered version for each churn model.

Importing this package is quick; MLflow itself is imported by the functions that need it.
"""

from __future__ import annotations

from pipeline.tracking.runs import PipelineState, Tracked, is_tracked, track
from pipeline.tracking.store import TrackingFailed, tracking_uri

__all__ = ["PipelineState", "Tracked", "TrackingFailed", "is_tracked", "track", "tracking_uri"]
