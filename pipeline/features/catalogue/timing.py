"""When customers order: how long ago, in what rhythm, how often, since when."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic, Words

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
            words=Words(
                "No order for {value:day/days}; usually every {mean_gap_days:day/days}",
                "Keine Bestellung seit {value:Tag/Tagen}; sonst etwa alle {mean_gap_days:Tag/Tage}",
                more_is="leaving",
                below=(
                    "Last order {value:day/days} ago; usually every {mean_gap_days:day/days}",
                    "Letzte Bestellung vor {value:Tag/Tagen}; sonst etwa alle {mean_gap_days:Tag/Tage}",
                ),
            ),
        ),
        Feature(
            "recency",
            "max(last_day - first_day)",
            "t_x of Fader, Hardie and Lee (2005): days from the first to the last order",
            "days",
            scale="log",
            whole=True,
            words=Words(
                "{value:day/days} from the first to the last order",
                "{value:Tag/Tage} von der ersten bis zur letzten Bestellung",
                more_is="staying",
            ),
        ),
    ),
)

RHYTHM = Topic(
    "rhythm",
    "The customer's own rhythm: the gaps between order days, and the present silence against them.",
    "purchases",
    (),
    (
        Feature(
            "mean_gap_days",
            "sum(gap_days) / count(gap_days)",
            "Mean gap",
            "days",
            ONE_DAY,
            scale="log",
            words=Words("Orders every {value:day/days}", "Bestellt alle {value:Tag/Tage}"),
        ),
        Feature(
            "median_gap_days",
            "median(gap_days)",
            "Median gap",
            "days",
            ONE_DAY,
            words=Words(
                "Half of all gaps between orders are longer than {value:day/days}",
                "Die Hälfte der Bestellabstände ist länger als {value:Tag/Tage}",
            ),
        ),
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
            words=Words(
                "Gaps between orders vary by {value:day/days}",
                "Bestellabstände schwanken um {value:Tag/Tage}",
            ),
        ),
        Feature(
            "gap_cv",
            "gap_sd_days / mean_gap_days",
            "Irregularity: spread over mean of the gaps",
            "",
            TWO_DAYS,
            words=Words(
                "Irregularity of the gaps between orders: {value}",
                "Unregelmäßigkeit der Bestellabstände: {value}",
            ),
        ),
        Feature(
            "first_gap_days",
            "min_by(gap_days, day)",
            "Days from the first to the second order",
            "days",
            ONE_DAY,
            words=Words(
                "Second order {value:day/days} after the first",
                "Zweite Bestellung {value:Tag/Tage} nach der ersten",
            ),
        ),
        Feature(
            "last_gap_days",
            "max_by(gap_days, day)",
            "Latest gap",
            "days",
            ONE_DAY,
            words=Words(
                "{value:day/days} between the last two orders",
                "{value:Tag/Tage} zwischen den letzten beiden Bestellungen",
            ),
        ),
        Feature(
            "last_gap_ratio",
            "last_gap_days / mean_gap_days",
            "Latest gap over the mean gap",
            "",
            ONE_DAY,
            words=Words(
                "Latest gap between orders {value} times the usual",
                "Letzter Bestellabstand {value}-mal so lang wie üblich",
                against_own=True,
            ),
        ),
        Feature(
            "overdue",
            "days_since_last / mean_gap_days",
            "Present silence over the mean gap",
            "",
            ONE_DAY,
            scale="log",
            words=Words(
                "Silent for {value} times the usual gap",
                "Still seit dem {value}-Fachen des üblichen Abstands",
                more_is="leaving",
                against_own=True,
            ),
        ),
        Feature(
            "overdue_median",
            "days_since_last / median_gap_days",
            "Present silence over the median gap",
            "",
            ONE_DAY,
            words=Words(
                "Silent for {value} times the typical gap",
                "Still seit dem {value}-Fachen des typischen Abstands",
                more_is="leaving",
                against_own=True,
            ),
        ),
        Feature(
            "overdue_longest",
            "days_since_last / max(gap_days)",
            "Present silence over the longest gap",
            "",
            ONE_DAY,
            words=Words(
                "Silent for {value} times the longest gap so far",
                "Still seit dem {value}-Fachen des bisher längsten Abstands",
                more_is="leaving",
                against_own=True,
            ),
        ),
        # Two gaps' worth of the population: a customer with few gaps is judged by everybody's.
        Feature(
            "overdue_score",
            "(count(*) FILTER (gap_days <= silence) + 2 * max(gaps_over_by_now)) / (count(gap_days) + 2)",
            "Share of the gaps that were over within the present silence: the customer's own, and the share "
            "among all customers' gaps with the weight of two gaps",
            "share",
            words=Words(
                "{value} of all repeat orders come after a shorter silence",
                "{value} aller Folgebestellungen kommen nach kürzerer Stille",
                more_is="leaving",
            ),
        ),
    ),
)


def _orders_within(name: str, days: str, period: str, german: str) -> Feature:
    return Feature(
        name,
        f"coalesce(sum(orders) FILTER (age <= {days}), 0)",
        f"Orders in the last {period} before the cutoff",
        "orders",
        scale="log" if name.endswith("d") else None,
        whole=True,
        words=Words(
            f"{{value:order/orders}} in the last {period}".replace("horizon", "period"),
            f"{{value:Bestellung/Bestellungen}} {german}",
            more_is="staying",
        ),
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
            words=Words(
                "{value:further day/further days} with an order since the first",
                "{value:weiterer Tag/weitere Tage} mit Bestellung seit der ersten",
                more_is="staying",
            ),
        ),
        Feature(
            "orders",
            "sum(orders)",
            "Orders so far",
            "orders",
            whole=True,
            words=Words(
                "{value:order/orders} so far", "{value:Bestellung/Bestellungen} bisher", more_is="staying"
            ),
        ),
        *(
            _orders_within(f"orders_{days}d", str(days), f"{days} days", f"in den letzten {days} Tagen")
            for days in (30, 90, 180, 365)
        ),
        _orders_within("orders_horizon", "$horizon_days", "horizon", "im letzten Zeitraum"),
        *(
            _orders_within(
                f"orders_{times}_horizons",
                f"{times} * $horizon_days",
                f"{times} horizons",
                f"in den letzten {times} Zeiträumen",
            )
            for times in (2, 4)
        ),
        Feature(
            "order_trend_90d",
            "2 * orders_90d - orders_180d",
            "Orders of the last 90 days minus those of the 90 before",
            "orders",
            whole=True,
            words=Words(
                "Orders of the last 90 days less those of the 90 before: {value}",
                "Bestellungen der letzten 90 Tage minus die der 90 davor: {value}",
                more_is="staying",
            ),
        ),
        Feature(
            "order_trend_horizon",
            "2 * orders_horizon - orders_2_horizons",
            "Orders of the last horizon minus those of the horizon before",
            "orders",
            whole=True,
            words=Words(
                "Orders of the last period less those of the one before: {value}",
                "Bestellungen des letzten Zeitraums minus die des vorigen: {value}",
                more_is="staying",
            ),
        ),
        Feature(
            "order_rate_ratio",
            """(orders_2_horizons / least(2 * $horizon_days, max(age)))
                / (sum(orders) / max(age))""",
            "Orders a day in the last two horizons, over orders a day since the first order",
            "",
            words=Words(
                "Orders lately at {value} times the own average",
                "Bestellt zuletzt mit dem {value}-Fachen des eigenen Durchschnitts",
                more_is="staying",
                against_own=True,
            ),
        ),
        Feature(
            "active_weeks",
            "count(*) FILTER (opens_week)",
            "Calendar weeks with an order",
            "weeks",
            whole=True,
            words=Words(
                "{value:week/weeks} with an order", "{value:Woche/Wochen} mit Bestellung", more_is="staying"
            ),
        ),
        Feature(
            "active_months",
            "count(*) FILTER (opens_month)",
            "Calendar months with an order",
            "months",
            whole=True,
            words=Words(
                "{value:month/months} with an order", "{value:Monat/Monate} mit Bestellung", more_is="staying"
            ),
        ),
        Feature(
            "active_weeks_91d",
            "count(*) FILTER (opens_week AND age <= 91)",
            "Calendar weeks that have their first order in the last 91 days",
            "weeks",
            whole=True,
            words=Words(
                "{value:week/weeks} with an order in the last 91 days",
                "{value:Woche/Wochen} mit Bestellung in den letzten 91 Tagen",
                more_is="staying",
            ),
        ),
        Feature(
            "active_month_share",
            "active_months / (date_diff('month', any_value(first_day), $cutoff - INTERVAL 1 DAY) + 1)",
            "Share of the calendar months since the first order that have one",
            "share",
            words=Words(
                "An order in {value} of the months",
                "In {value} der Monate eine Bestellung",
                more_is="staying",
            ),
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
            words=Words("Customer for {value:day/days}", "Kundenbeziehung seit {value:Tag/Tagen}"),
        ),
    ),
)
