"""When customers order: how long ago, in what rhythm, how often, since when."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic

ONE_DAY = "with one order day"
TWO_DAYS = "with fewer than three order days"

RECENCY = Topic(
    "recency",
    "How long ago the last order was.",
    "purchases",
    (),
    (
        Feature(
            "days_since_last",
            "max(silence)",
            "Days from the last order to the last known day",
            "days",
            scale="log",
            whole=True,
        ),
        Feature(
            "recency",
            "max(last_day - first_day)",
            "t_x of Fader, Hardie and Lee (2005): days from the first to the last order",
            "days",
            scale="log",
            whole=True,
        ),
    ),
)

RHYTHM = Topic(
    "rhythm",
    "The customer's own rhythm: the gaps between order days, and the present silence against them.",
    "purchases",
    (),
    (
        Feature("mean_gap_days", "sum(gap_days) / count(gap_days)", "Mean gap", "days", ONE_DAY, scale="log"),
        Feature("median_gap_days", "median(gap_days)", "Median gap", "days", ONE_DAY),
        # Whole numbers up to the root: a floating-point variance depends on the order of rows.
        Feature(
            "gap_sd_days",
            """CASE WHEN count(gap_days) >= 2 THEN sqrt(
                (count(gap_days) * sum(gap_days * gap_days) - sum(gap_days) * sum(gap_days))
                / (count(gap_days) * (count(gap_days) - 1))
            ) END""",
            "Standard deviation of the gaps",
            "days",
            TWO_DAYS,
        ),
        Feature(
            "gap_cv",
            "gap_sd_days / mean_gap_days",
            "Irregularity: spread over mean of the gaps",
            "",
            TWO_DAYS,
        ),
        Feature(
            "first_gap_days",
            "min_by(gap_days, day)",
            "Days from the first to the second order",
            "days",
            ONE_DAY,
        ),
        Feature("last_gap_days", "max_by(gap_days, day)", "Latest gap", "days", ONE_DAY),
        Feature(
            "last_gap_ratio", "last_gap_days / mean_gap_days", "Latest gap over the mean gap", "", ONE_DAY
        ),
        Feature(
            "overdue",
            "days_since_last / mean_gap_days",
            "Present silence over the mean gap",
            "",
            ONE_DAY,
            scale="log",
        ),
        Feature(
            "overdue_median",
            "days_since_last / median_gap_days",
            "Present silence over the median gap",
            "",
            ONE_DAY,
        ),
        Feature(
            "overdue_longest",
            "days_since_last / max(gap_days)",
            "Present silence over the longest gap",
            "",
            ONE_DAY,
        ),
        Feature(
            "long_gaps",
            "count(*) FILTER (gap_days > $horizon_days)",
            "Gaps longer than the horizon: how often the customer was silent for that long, and came back",
            "gaps",
            whole=True,
        ),
        Feature(
            "longest_gap_4_horizons",
            "max(gap_days) FILTER (age <= 4 * $horizon_days)",
            "Longest gap that ended in the last four horizons",
            "days",
            "without one",
            whole=True,
        ),
        # Two gaps' worth of the population: a customer with few gaps is judged by everybody's.
        Feature(
            "overdue_score",
            "(count(*) FILTER (gap_days <= silence) + 2 * max(gaps_over_by_now)) / (count(gap_days) + 2)",
            "Share of the gaps that were over within the present silence: the customer's own, and the share "
            "among all customers' gaps with the weight of two gaps",
            "share",
        ),
    ),
)


def _orders_within(name: str, days: str, words: str) -> Feature:
    return Feature(
        name,
        f"coalesce(sum(orders) FILTER (age <= {days}), 0)",
        f"Orders in the last {words} before the cutoff",
        "orders",
        scale="log" if name.endswith("d") else None,
        whole=True,
    )


FREQUENCY = Topic(
    "frequency",
    "How often the customer orders, lately and before.",
    "purchases",
    (),
    (
        Feature(
            "frequency",
            "count(*) - 1",
            "x of Fader, Hardie and Lee (2005): days with an order, minus one",
            "days",
            scale="log",
            whole=True,
        ),
        Feature("orders", "sum(orders)", "Orders so far", "orders", whole=True),
        *(_orders_within(f"orders_{days}d", str(days), f"{days} days") for days in (30, 90, 180, 365)),
        _orders_within("orders_horizon", "$horizon_days", "horizon"),
        _orders_within("orders_half_horizon", "$horizon_days / 2", "half horizon"),
        *(
            _orders_within(f"orders_{times}_horizons", f"{times} * $horizon_days", f"{times} horizons")
            for times in (2, 4)
        ),
        Feature(
            "faded_orders",
            "sum(CAST(0.5 ** (age / $horizon_days) AS DECIMAL(38, 9)))",
            "Order days, each worth half as much a horizon later",
            "days",
            scale="log",
        ),
        Feature(
            "active_horizon_share",
            """(count(DISTINCT (age - 1) // $horizon_days) FILTER (age <= 6 * $horizon_days) + 1)
                / (least(6, (max(age) - 1) // $horizon_days + 1) + 2)""",
            "Share of the last six horizons, those before the first order left out, that have an order; one "
            "with and one without are added",
            "share",
            scale="odds",
        ),
        Feature(
            "order_trend_90d",
            "2 * orders_90d - orders_180d",
            "Orders of the last 90 days minus those of the 90 before",
            "orders",
            whole=True,
        ),
        Feature(
            "order_trend_horizon",
            "2 * orders_horizon - orders_2_horizons",
            "Orders of the last horizon minus those of the horizon before",
            "orders",
            whole=True,
        ),
        Feature(
            "order_rate_ratio",
            """(orders_2_horizons / least(2 * $horizon_days, max(age)))
                / (sum(orders) / max(age))""",
            "Orders a day in the last two horizons, over orders a day since the first order",
            "",
        ),
        Feature(
            "active_weeks",
            "count(*) FILTER (opens_week)",
            "Calendar weeks with an order",
            "weeks",
            whole=True,
        ),
        Feature(
            "active_months",
            "count(*) FILTER (opens_month)",
            "Calendar months with an order",
            "months",
            whole=True,
        ),
        Feature(
            "active_weeks_91d",
            "count(*) FILTER (opens_week AND age <= 91)",
            "Calendar weeks that have their first order in the last 91 days",
            "weeks",
            whole=True,
        ),
        Feature(
            "active_month_share",
            "active_months / (date_diff('month', any_value(first_day), $cutoff - INTERVAL 1 DAY) + 1)",
            "Share of the calendar months since the first order that have one",
            "share",
        ),
    ),
)

TENURE = Topic(
    "tenure",
    "How long the customer has been one.",
    "purchases",
    (),
    (
        Feature(
            "T",
            "max(age) - 1",
            "T of Fader, Hardie and Lee (2005): days from the first order to the last known day",
            "days",
            scale="log",
            whole=True,
        ),
    ),
)
