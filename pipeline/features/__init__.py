"""Point-in-time features: what was known of each customer at each cutoff.

- The days to look from: `cutoffs`; when the shop took no orders: `closures`.
- What a feature is: `feature`; all there are: `catalogue`; their page: `dictionary`.
- Taken: `snapshots`, by one `statement` over the rows of `sql/`.
- For models of orders and for evaluation: `flow`, `orderchannels`. Fewer customers: `sampling`.
"""

from pipeline.features.closures import Closure, OpenDays, is_noticed
from pipeline.features.cutoffs import CutoffPlan, Cutoffs, Origin, plan_cutoffs
from pipeline.features.flow import (
    amounts_between,
    births_known_from,
    born_since,
    daily_flow,
    histories,
    orders_between,
)
from pipeline.features.orderchannels import main_channels
from pipeline.features.snapshots import NO_RETURNS, customer_days, outcomes, snapshot, snapshots

__all__ = [
    "NO_RETURNS",
    "Closure",
    "CutoffPlan",
    "Cutoffs",
    "OpenDays",
    "Origin",
    "amounts_between",
    "births_known_from",
    "born_since",
    "customer_days",
    "daily_flow",
    "histories",
    "is_noticed",
    "main_channels",
    "orders_between",
    "outcomes",
    "plan_cutoffs",
    "snapshot",
    "snapshots",
]
