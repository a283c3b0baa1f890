"""In what rhythm customers order, and how far they are off it now."""

from __future__ import annotations

from pipeline.features.catalogue.timing import ONE_DAY
from pipeline.features.feature import Feature, Topic, Words

TWO_DAYS = "with fewer than three order days"

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
            words=Words(
                "Orders every {value:day/# days}", "Bestellt {value:täglich/alle # Tage}", more_says="leaving"
            ),
        ),
        Feature(
            "median_gap_days",
            "median(gap_days)",
            "Median gap",
            "days",
            ONE_DAY,
            words=Words(
                "Half of the gaps between their orders are {value:day/days} or more",
                "Die Hälfte der eigenen Bestellabstände dauert {value:Tag/Tage} oder länger",
                more_says="leaving",
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
                more_says="leaving",
            ),
        ),
        Feature(
            "gap_cv",
            "gap_sd_days / mean_gap_days",
            "Irregularity: spread over mean of the gaps",
            "share",
            TWO_DAYS,
            words=Words(
                "Orders at irregular intervals: they vary by {value} of their mean",
                "Bestellt in unregelmäßigen Abständen: Sie schwanken um {value} ihres Mittels",
                more_is="leaving",
                below=(
                    "Orders at rather even intervals: they vary by {value} of their mean",
                    "Bestellt in recht gleichmäßigen Abständen: Sie schwanken um {value} ihres Mittels",
                ),
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
                more_says="leaving",
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
                more_says="leaving",
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
                below=(
                    "Latest gap between orders only {value} of the usual",
                    "Letzter Bestellabstand nur {value} des üblichen",
                ),
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
                "Schon {value}-mal so lange still wie üblich",
                more_is="leaving",
                fact="silence",
                below=(
                    "Not due yet: {value} of the usual gap has passed",
                    "Noch nicht fällig: {value} des üblichen Abstands vergangen",
                ),
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
                "Schon {value}-mal so lange still wie beim typischen Abstand",
                more_is="leaving",
                fact="silence",
                below=(
                    "Not due yet: {value} of the typical gap has passed",
                    "Noch nicht fällig: {value} des typischen Abstands vergangen",
                ),
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
                "Schon {value}-mal so lange still wie beim bisher längsten Abstand",
                more_is="leaving",
                fact="silence",
                below=(
                    "Was once silent for longer: {value} of the longest gap so far has passed",
                    "War schon länger still: {value} des bisher längsten Abstands vergangen",
                ),
                against_own=True,
            ),
        ),
        Feature(
            "long_gaps",
            "count(*) FILTER (gap_days > $horizon_days)",
            "Gaps longer than the horizon: how often the customer was silent for that long, and came back",
            "gaps",
            whole=True,
            words=Words(
                "Came back {value:once/# times} after more than <horizon> days without an order",
                "{value:Einmal/#-mal} nach mehr als <horizon> Tagen ohne Bestellung zurückgekommen",
                more_is="staying",
                least=1,
            ),
        ),
        Feature(
            "longest_gap_4_horizons",
            "max(gap_days) FILTER (age <= 4 * $horizon_days)",
            "Longest gap that ended in the last four horizons",
            "days",
            "without one",
            whole=True,
            words=Words(
                "Longest gap between two orders lately: {value:day/days}",
                "Längster Abstand zweier Bestellungen in letzter Zeit: {value:Tag/Tage}",
                more_says="leaving",
            ),
        ),
        # Two gaps' worth of the population: a customer with few gaps is judged by everybody's.
        Feature(
            "overdue_score",
            "(count(*) FILTER (gap_days <= silence) + 2 * max(gaps_over_by_now)) / (count(gap_days) + 2)",
            "Share of the gaps that were over within the present silence: the customer's own, and the share "
            "among all customers' gaps with the weight of two gaps",
            "share",
            scale="odds",
            words=Words(
                "No order for {days_since_last:day/days}: {value} of the gaps to be expected are shorter",
                "Keine Bestellung seit {days_since_last:Tag/Tagen}: "
                "{value} der zu erwartenden Abstände sind kürzer",
                more_is="leaving",
                below=(
                    "Last order {days_since_last:on the last known day/# day ago/# days ago}: "
                    "{value} of the gaps to be expected are shorter",
                    "Letzte Bestellung {days_since_last:am letzten bekannten Tag/vor # Tag/vor # Tagen}: "
                    "{value} der zu erwartenden Abstände sind kürzer",
                ),
                fact="silence",
            ),
        ),
    ),
)
