"""What customers spend, what is in the basket, how it began and what came back."""

from __future__ import annotations

from pipeline.features.catalogue.timing import ONE_DAY
from pipeline.features.feature import Feature, Topic, Words

UNPAID = "while nothing was paid"


def _spend_within(name: str, days: str, period: str, spoken: str) -> Feature:
    return Feature(
        name,
        f"coalesce(sum(amount) FILTER (age <= {days}), 0)",
        f"Spend in the last {period} before the cutoff",
        "currency",
        words=Words(
            f"{{value:Nothing/#/#}} spent in the last {spoken} days",
            f"{{value:Kein/#/#}} Umsatz in den letzten {spoken} Tagen",
            more_is="staying",
            fact="silence",
            fact_at=0,
        ),
    )


MONEY = Topic(
    "money",
    "How much the customer spends, lately and before, and how evenly.",
    "purchases",
    (),
    (
        Feature(
            "spend_days",
            "count(*) FILTER (day > first_day AND amount > 0)",
            "Repeat days with a positive amount, the observations behind monetary_value",
            "days",
            whole=True,
            words=Words(
                "Spent again on {value:no day/# day/# days}",
                "An {value:keinem Tag/# Tag/# Tagen} wieder Umsatz",
                more_is="staying",
                fact="orders",
            ),
        ),
        Feature(
            "monetary_value",
            "coalesce(sum(amount) FILTER (day > first_day) / nullif(spend_days, 0), 0)",
            "m of Fader, Hardie and Lee (2005): mean spend of those repeat days; 0 without any",
            "currency",
            scale="log",
            words=Words(
                "{value} per further order day",
                "{value} je weiterem Bestelltag",
                more_says="staying",
                least=0.01,
            ),
        ),
        Feature(
            "spend_total",
            "sum(amount)",
            "Spend so far",
            "currency",
            words=Words(
                "{value:Nothing/#/#} spent so far", "{value:Kein/#/#} Umsatz bisher", more_is="staying"
            ),
        ),
        Feature(
            "average_order_value",
            "spend_total / sum(orders)",
            "Spend per order",
            "currency",
            scale="log",
            words=Words(
                "{value} per order", "{value} je Bestellung", more_says="staying", fact="order_value"
            ),
        ),
        Feature(
            "last_order_amount",
            "max_by(amount, day)",
            "Spend of the last order day",
            "currency",
            words=Words(
                "{value} on the last order day",
                "{value} am letzten Bestelltag",
                more_says="staying",
                fact="order_value",
            ),
        ),
        Feature(
            "largest_order_amount",
            "max(amount)",
            "Spend of the largest order day",
            "currency",
            words=Words(
                "{value} on the largest order day",
                "{value} am größten Bestelltag",
                more_says="staying",
                fact="order_value",
            ),
        ),
        *(
            _spend_within(f"spend_{days}d", str(days), f"{days} days", str(days))
            for days in (30, 90, 180, 365)
        ),
        _spend_within("spend_horizon", "$horizon_days", "horizon", "<horizon>"),
        *(
            _spend_within(
                f"spend_{times}_horizons",
                f"{times} * $horizon_days",
                f"{times} horizons",
                f"<{times} horizons>",
            )
            for times in (2, 4)
        ),
        Feature(
            "faded_spend",
            "sum(CAST(amount * 0.5 ** (age / $horizon_days) AS DECIMAL(38, 9)))",
            "Spend, each amount worth half as much a horizon later",
            "currency",
        ),
        Feature(
            "spend_trend_horizon",
            "2 * spend_horizon - spend_2_horizons",
            "Spend of the last horizon minus that of the horizon before",
            "currency",
            words=Words(
                "Spend in the last <horizon> days against the <horizon> before: {value}",
                "Umsatz der letzten <horizon> Tage gegenüber den <horizon> davor: {value}",
                more_is="staying",
                fact="silence",
                fact_at=0,
            ),
        ),
        Feature(
            "amount_cv",
            """CASE WHEN count(*) >= 2 THEN sqrt(greatest(0,
                (count(*) * sum(amount::DECIMAL(38, 4) * amount) / nullif(spend_total * spend_total, 0) - 1)
                * count(*) / (count(*) - 1)
            )) END""",
            "Standard deviation of the order days' spend over its mean",
            "share",
            f"{ONE_DAY} or {UNPAID}",
            words=Words(
                "Spend per order day varies by {value} of its mean",
                "Umsatz je Bestelltag schwankt um {value} seines Mittels",
            ),
        ),
        Feature(
            "largest_to_mean",
            "largest_order_amount * count(*) / nullif(spend_total, 0)",
            "Spend of the largest order day over the mean of all",
            "",
            UNPAID,
        ),
        Feature(
            "last_to_mean",
            "last_order_amount * count(*) / nullif(spend_total, 0)",
            "Spend of the last order day over the mean of all",
            "",
            UNPAID,
            words=Words(
                "Last order day {value} times the mean",
                "Letzter Bestelltag {value}-mal so hoch wie der mittlere",
                below=(
                    "Last order day only {value} of the mean",
                    "Letzter Bestelltag nur {value} des mittleren",
                ),
                against_own=True,
            ),
        ),
    ),
)

BASKET = Topic(
    "basket",
    "How much is in an order.",
    "purchases",
    (),
    (
        Feature(
            "lines_per_order",
            "sum(lines) / sum(orders)",
            "Lines per order",
            "lines",
            words=Words(
                "{value:item/items} per order", "{value:Position/Positionen} je Bestellung", fact="basket"
            ),
        ),
        Feature(
            "last_order_lines",
            "max_by(lines, day) / max_by(orders, day)",
            "Lines per order on the last order day",
            "lines",
            words=Words(
                "{value:item/items} in the last order",
                "{value:Position/Positionen} in der letzten Bestellung",
                fact="basket",
            ),
        ),
        Feature(
            "orders_per_day",
            "sum(orders) / count(*)",
            "Orders per order day",
            "orders",
            words=Words(
                "{value:order/orders} per order day", "{value:Bestellung/Bestellungen} je Bestelltag"
            ),
        ),
    ),
)

FIRST_ORDER = Topic(
    "first_order",
    "How it began.",
    "purchases",
    (),
    (
        Feature(
            "first_order_amount",
            "min_by(amount, day)",
            "Spend of the first order day",
            "currency",
            words=Words(
                "{value} on the first order day",
                "{value} am ersten Bestelltag",
                more_says="staying",
                fact="order_value",
            ),
        ),
        Feature(
            "first_order_lines",
            "min_by(lines, day) / min_by(orders, day)",
            "Lines per order on the first order day",
            "lines",
            words=Words(
                "{value:item/items} in the first order",
                "{value:Position/Positionen} in der ersten Bestellung",
                fact="basket",
            ),
        ),
        Feature(
            "first_order_weekday",
            "isodow(any_value(first_day))",
            "Day of the week of the first order, 1 is Monday",
            "",
            whole=True,
        ),
        Feature(
            "first_order_month",
            "month(any_value(first_day))",
            "Month of the year of the first order",
            "",
            whole=True,
        ),
        Feature(
            "first_in_peak_month",
            "CASE WHEN first_order_month = max(busiest_month) THEN 1 ELSE 0 END",
            "1 if the first order fell in the month of the year with the most orders in the log so far",
            "",
            whole=True,
            turns_with_log=True,
        ),
    ),
)

RETURNS = Topic(
    "returns",
    "What the customer gave back.",
    "returned",
    (),
    (
        Feature(
            "returns",
            "count(returned_at)",
            "Returns so far",
            "returns",
            whole=True,
            words=Words(
                "{value:No return/# return/# returns} so far",
                "{value:Keine Retoure/# Retoure/# Retouren} bisher",
                more_says="leaving",
            ),
        ),
        Feature(
            "returned_share",
            "coalesce(sum(netted) / nullif(sum(netted) + max(spend_total), 0), 0)",
            "Share of all spend that was given back",
            "share",
            words=Words(
                "{value} of the spend given back",
                "{value} des Umsatzes zurückgegeben",
                more_says="leaving",
            ),
        ),
        Feature(
            "days_since_return",
            "date_diff('day', max(returned_at), $cutoff)",
            "Days from the last return to the cutoff",
            "days",
            "without a return",
            whole=True,
            words=Words(
                "Last return {value:day/days} ago",
                "Letzte Retoure vor {value:Tag/Tagen}",
                more_says="staying",
            ),
        ),
    ),
)
