"""One segment per customer and what to do with each: the table the CRM and the report speak."""

from __future__ import annotations

from itertools import product

import pandas as pd

from pipeline.retention.lifecycle import CHURN_RISKS, LIFECYCLE_STAGES, VALUE_TIERS

# Each segment has one action, so that every channel says the same thing to the same customer.
NEXT_ACTIONS: dict[str, str] = {
    "vip_wavering": "retain_vip",
    "slipping": "win_back",
    "sleeping_valuable": "win_back",
    "newcomer_promising": "second_order_nudge",
    "newcomer": "nurture",
    "drifting": "nurture",
    "vip_secure": "no_contact_needed",
    "regular": "no_contact_needed",
    "dormant": "let_go",
    "lost": "let_go",
    "not_scored": "no_recommendation",
}
SEGMENTS: tuple[str, ...] = tuple(NEXT_ACTIONS)

# Actions that cost money or goodwill: never for someone who will buy anyway (risk low).
COSTLY_ACTIONS: tuple[str, ...] = ("retain_vip", "win_back", "second_order_nudge")


def name_segment(stage: str, value: str, risk: str) -> str:
    """Name the segment of one combination of lifecycle stage, value tier and churn risk."""
    if "unknown" in (stage, value, risk):
        return "not_scored"
    if risk == "low":
        likely = "vip_secure" if value == "high" else "regular"
        return "newcomer" if stage == "new" else likely
    match stage:
        case "new":
            return "newcomer" if value == "low" else "newcomer_promising"
        case "active":
            return "vip_wavering" if value == "high" else "drifting"
        case "at_risk":
            return {"high": "vip_wavering", "medium": "slipping", "low": "drifting"}[value]
        case "dormant":
            return "dormant" if value == "low" else "sleeping_valuable"
        case _:
            return "sleeping_valuable" if value == "high" else "lost"


def segments_and_actions(customers: pd.DataFrame) -> pd.DataFrame:
    """Look up `segment` and `next_action` from `lifecycle_stage`, `value_tier` and `churn_risk`."""
    keys = ["lifecycle_stage", "value_tier", "churn_risk"]
    table = pd.DataFrame(product(LIFECYCLE_STAGES, VALUE_TIERS, CHURN_RISKS), columns=keys)
    table["segment"] = [name_segment(*combination) for combination in table.itertuples(index=False)]
    table["next_action"] = table["segment"].map(NEXT_ACTIONS)
    found: pd.DataFrame = customers[keys].merge(table, on=keys, how="left", validate="many_to_one")
    return found[["segment", "next_action"]].set_index(customers.index)
