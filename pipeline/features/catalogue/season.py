"""The calendar: habits of the customer, and the season that the horizon lies in."""

from __future__ import annotations

from pipeline.features.catalogue.timing import ONE_DAY
from pipeline.features.feature import Feature, Topic, Words

YOUNGER = "for customers whose first order is less than 365 days before the cutoff"
# One number for all customers of a cutoff: before a season has come twice it only tells the cutoffs apart.
TWO_YEARS = "while the log is younger than two years"


def _same(part: str, numbers: range, what: str, name: str) -> Feature:
    """Make Simpson's index without replacement, which does not depend on how many orders there are."""
    squares = " + ".join(f"count(*) FILTER ({part}(day) = {number}) ** 2" for number in numbers)
    return Feature(
        name,
        f"({squares} - count(*)) / nullif(count(*) * (count(*) - 1), 0)",
        f"Chance that two of the order days fall on the same {what}",
        "share",
        ONE_DAY,
    )


CALENDAR = Topic(
    "calendar",
    "On which days of the week and in which months the customer orders.",
    "purchases",
    (),
    (
        Feature(
            "weekend_share",
            "count(*) FILTER (isodow(day) >= 6) / count(*)",
            "Share of order days on Saturday or Sunday",
            "share",
            words=Words("{value} of the order days on a weekend", "{value} der Bestelltage am Wochenende"),
        ),
        _same(
            "isodow",
            range(1, 8),
            "day of the week",
            "same_weekday",
        ),
        _same(
            "month",
            range(1, 13),
            "month of the year",
            "same_month",
        ),
    ),
)

SEASON = Topic(
    "season",
    "The season of the horizon, known in advance: orders in the same days a year ago.",
    "purchases",
    (),
    (
        Feature(
            "season_orders",
            "CASE WHEN max(age) >= 365 THEN count(*) FILTER (age <= 365 AND age > 365 - $horizon_days) END",
            "Order days in the horizon's days a year ago",
            "days",
            YOUNGER,
            whole=True,
            words=Words(
                "{value:order day/order days} in the same season a year ago",
                "{value:Bestelltag/Bestelltage} in derselben Saison des Vorjahres",
                more_is="staying",
            ),
        ),
        Feature(
            "season_spend",
            """CASE WHEN max(age) >= 365
                THEN coalesce(sum(amount) FILTER (age <= 365 AND age > 365 - $horizon_days), 0) END""",
            "Spend in the horizon's days a year ago",
            "currency",
            YOUNGER,
            words=Words(
                "{value} spent in the same season a year ago",
                "{value} Umsatz in derselben Saison des Vorjahres",
                more_is="staying",
            ),
        ),
        Feature(
            "season_share",
            "season_orders / nullif(count(*) FILTER (age <= 365), 0)",
            "Share of the last 365 days' order days that lie in the horizon's days a year ago",
            "share",
            YOUNGER + ", or without an order since",
            words=Words(
                "{value} of a year's orders in this season",
                "{value} der Bestellungen eines Jahres in dieser Saison",
                more_is="staying",
            ),
        ),
        Feature(
            "season_level",
            """CASE WHEN max(shop_age) >= 730
                THEN max(shop_days_season) * 365 / (max(shop_days_year) * least($horizon_days, 365)) END""",
            "All customers' order days per day in the horizon's days a year ago, over those of the year",
            "",
            TWO_YEARS,
        ),
        *(
            Feature(
                f"season_{function}",
                f"""CASE WHEN max(shop_age) >= 730
                    THEN {function}(2 * pi() * dayofyear($cutoff::DATE + $horizon_days // 2) / 365.25) END""",
                f"{word} of the horizon's middle on the circle of the year",
                "",
                TWO_YEARS,
            )
            for function, word in (("sin", "Sine"), ("cos", "Cosine"))
        ),
    ),
)
