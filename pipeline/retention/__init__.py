"""Retention figures and customer segments: what a shop does with the scores."""

from pipeline.retention.actions import COSTLY_ACTIONS, NEXT_ACTIONS, SEGMENTS
from pipeline.retention.kpis import cohorts, monthly, retention_kpis
from pipeline.retention.lifecycle import CHURN_RISKS, LIFECYCLE_STAGES, VALUE_TIERS
from pipeline.retention.rfm import RFM_GROUPS
from pipeline.retention.segments import (
    rfm_summary,
    risk_value_matrix,
    segment_customers,
    segment_summary,
    stage_counts,
)

__all__ = [
    "CHURN_RISKS",
    "COSTLY_ACTIONS",
    "LIFECYCLE_STAGES",
    "NEXT_ACTIONS",
    "RFM_GROUPS",
    "SEGMENTS",
    "VALUE_TIERS",
    "cohorts",
    "monthly",
    "retention_kpis",
    "rfm_summary",
    "risk_value_matrix",
    "segment_customers",
    "segment_summary",
    "stage_counts",
]
