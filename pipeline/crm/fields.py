"""The contract of the CRM export: which columns there are, of what type, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = "1.3"


@dataclass(frozen=True)
class Field:
    """One column of the export.

    Attributes
    ----------
    name : str
        The column's name in every file and in the CRM.
    kind : {"text", "date", "whole", "number", "flag"}
        What the values are; only "text" may hold what a person typed.
    meaning : str
        One sentence for the person who maps the column in the CRM.
    example : str
        A value as it is written in the `machine` dialect.
    decimals : int
        Decimals of a "number": 2 for money, 4 for probabilities and expectations.
    """

    name: str
    kind: Literal["text", "date", "whole", "number", "flag"]
    meaning: str
    example: str
    decimals: int = 0


FIELDS: tuple[Field, ...] = (
    Field("customer_id", "text", "The shop's own customer number; the key to match on", "01067"),
    Field("as_of", "date", "First day not yet known when the scores were made", "1998-07-01"),
    Field("score_status", "text", "scored, or why there are no scores", "scored"),
    Field("segment", "text", "The one group the customer belongs to", "slipping"),
    Field(
        "next_action",
        "text",
        "What to do with the customer; follows from the segment, or do_not_contact where suppressed",
        "win_back",
    ),
    Field(
        "suppressed",
        "flag",
        "true: not to be contacted; empty: the shop gave no table of consents, check your own",
        "false",
    ),
    Field("suppress_reason", "text", "Why, in words", "Objected to marketing"),
    Field("contact_channels", "text", "The channels consented to; no message by any other", "email post"),
    Field("churn_probability", "number", "Chance of no order within the horizon, 0 to 1", "0.7312", 4),
    Field("churn_risk", "text", "low, medium or high churn probability; unknown when not scored", "medium"),
    Field(
        "reason_1",
        "text",
        "What raises the churn probability most, or what holds the customer, see reasons_for; may be empty",
        "No order for 143 days; usually every 31 days",
    ),
    Field(
        "reason_2",
        "text",
        "The next reason, of another kind",
        "Ordered again on 2 days (average 6)",
    ),
    Field("reason_3", "text", "The third", "€31.20 spent in the last 182 days (average €88.10)"),
    Field(
        "reasons_for",
        "text",
        "leaving: these reasons raise the risk; staying: they hold the customer",
        "leaving",
    ),
    Field("reason_topics", "text", "The kinds of these reasons, to filter by", "recency frequency rhythm"),
    Field("value_tier", "text", "high, medium or low expected CLV; unknown when not scored", "high"),
    Field("lifecycle_stage", "text", "new, active, at_risk, dormant or lost", "at_risk"),
    Field(
        "clv", "number", "Discounted margin expected over the CLV horizon, in the shop's currency", "84.20", 2
    ),
    Field("clv_p10", "number", "One time in ten the CLV turns out lower than this", "0.00", 2),
    Field("clv_p50", "number", "The CLV turns out higher or lower than this, equally likely", "61.80", 2),
    Field("clv_p90", "number", "One time in ten the CLV turns out higher than this", "198.45", 2),
    Field("expected_spend", "number", "Spend expected within the churn horizon", "21.17", 2),
    Field("spend_p10", "number", "One time in ten the spend in the horizon is lower than this", "0.00", 2),
    Field("spend_p50", "number", "The spend in the horizon is higher or lower, equally likely", "14.77", 2),
    Field("spend_p90", "number", "One time in ten the spend in the horizon is higher", "62.31", 2),
    Field("expected_orders", "number", "Days with an order expected within the churn horizon", "0.6113", 4),
    Field("expected_order_value", "number", "Spend expected per day with an order", "34.63", 2),
    Field(
        "order_value_basis",
        "text",
        "own_orders; population_mean: no spend yet, so expected_order_value is everybody's",
        "own_orders",
    ),
    Field("rfm_group", "text", "One of the eleven RFM groups", "champions"),
    Field("rfm_recency", "whole", "1 to 5; 5 for those who ordered last", "4"),
    Field("rfm_frequency", "whole", "1 to 5; 5 for those who order most often", "5"),
    Field("rfm_monetary", "whole", "1 to 5; 5 for those who spent most", "3"),
    Field("orders", "whole", "Orders so far", "7"),
    Field("spend_total", "number", "Spend so far", "251.30", 2),
    Field("average_order_value", "number", "Spend so far per order", "35.90", 2),
    Field("days_since_last", "whole", "Days from the last order to the last known day", "41"),
    Field("first_order_on", "date", "Day of the first order", "1997-02-11"),
    Field("last_order_on", "date", "Day of the last order", "1998-05-20"),
)
