"""When customers order: how long ago, how often, since when."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic, Words

ONE_DAY = "with one order day"
DOWN_TO = (
    "Orders lately down to # of the own average",
    "Bestellungen zuletzt nur noch # des eigenen Durchschnitts",
)

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
                "No order for {value:day/days}; usually every {mean_gap_days:day/# days}",
                "Keine Bestellung seit {value:Tag/Tagen}; sonst etwa {mean_gap_days:täglich/alle # Tage}",
                more_is="leaving",
                below=(
                    "Last order {value:on the last known day/# day ago/# days ago}; "
                    "usually every {mean_gap_days:day/# days}",
                    "Letzte Bestellung {value:am letzten bekannten Tag/vor # Tag/vor # Tagen}; "
                    "sonst etwa {mean_gap_days:täglich/alle # Tage}",
                ),
                fact="silence",
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
                "{value:Ordered on one day only: 0 days/# day/# days} from the first to the last order",
                "{value:Nur an einem Tag bestellt: 0 Tage/# Tag/# Tage} von der ersten bis zur letzten "
                "Bestellung",
                more_is="staying",
                fact="orders",
                fact_at=0,
            ),
        ),
    ),
)


def _faded(name: str, half_life: str, later: str) -> Feature:
    return Feature(
        name,
        f"sum(CAST(0.5 ** (age / {half_life}) AS DECIMAL(38, 9)))",
        f"Order days, each worth half as much {later} later",
        "days",
        scale="log",
    )


def _orders_within(name: str, days: str, period: str, spoken: str) -> Feature:
    return Feature(
        name,
        f"coalesce(sum(orders) FILTER (age <= {days}), 0)",
        f"Orders in the last {period} before the cutoff",
        "orders",
        scale="log" if name.endswith("d") else None,
        whole=True,
        words=Words(
            f"{{value:No order/# order/# orders}} in the last {spoken} days",
            f"{{value:Keine Bestellung/# Bestellung/# Bestellungen}} in den letzten {spoken} Tagen",
            more_is="staying",
            fact="silence",
            fact_at=0,
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
                "Ordered again on {value:no day/# day/# days}",
                "An {value:keinem Tag/# Tag/# Tagen} wieder bestellt",
                more_is="staying",
                fact="orders",
            ),
        ),
        Feature(
            "orders",
            "sum(orders)",
            "Orders so far",
            "orders",
            whole=True,
            words=Words(
                "{value:order/orders} so far",
                "{value:Bestellung/Bestellungen} bisher",
                more_is="staying",
                fact="orders",
            ),
        ),
        *(
            _orders_within(f"orders_{days}d", str(days), f"{days} days", str(days))
            for days in (30, 90, 180, 365)
        ),
        _orders_within("orders_horizon", "$horizon_days", "horizon", "<horizon>"),
        _orders_within("orders_half_horizon", "$horizon_days / 2", "half horizon", "<half horizon>"),
        *(
            _orders_within(
                f"orders_{times}_horizons",
                f"{times} * $horizon_days",
                f"{times} horizons",
                f"<{times} horizons>",
            )
            for times in (2, 4)
        ),
        _faded("faded_orders", "$horizon_days", "a horizon"),
        _faded("faded_orders_quarter_horizon", "($horizon_days / 4)", "a quarter of a horizon"),
        _faded("faded_orders_4_horizons", "(4 * $horizon_days)", "four horizons"),
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
            words=Words(
                "Orders in the last 90 days against the 90 before: {value}",
                "Bestellungen der letzten 90 Tage gegenüber den 90 davor: {value}",
                more_is="staying",
                fact="silence",
                fact_at=0,
            ),
        ),
        Feature(
            "order_trend_horizon",
            "2 * orders_horizon - orders_2_horizons",
            "Orders of the last horizon minus those of the horizon before",
            "orders",
            whole=True,
            words=Words(
                "Orders in the last <horizon> days against the <horizon> before: {value}",
                "Bestellungen der letzten <horizon> Tage gegenüber den <horizon> davor: {value}",
                more_is="staying",
                fact="silence",
                fact_at=0,
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
                "Bestellt zuletzt {value}-mal so oft wie im eigenen Durchschnitt",
                more_is="staying",
                below=(
                    f"{{value:No order in the last <2 horizons> days/{DOWN_TO[0]}/{DOWN_TO[0]}}}",
                    f"{{value:Keine Bestellung in den letzten <2 horizons> Tagen/{DOWN_TO[1]}/{DOWN_TO[1]}}}",
                ),
                against_own=True,
                fact="silence",
                fact_at=0,
            ),
        ),
        Feature(
            "active_weeks",
            "count(*) FILTER (opens_week)",
            "Weeks with an order, counted back from the cutoff",
            "weeks",
            whole=True,
            words=Words(
                "{value:week/weeks} with an order",
                "{value:Woche/Wochen} mit Bestellung",
                more_is="staying",
                fact="orders",
                fact_at=1,
            ),
        ),
        Feature(
            "active_months",
            "count(*) FILTER (opens_month)",
            "Months of 30.4375 days with an order, counted back from the cutoff",
            "months",
            whole=True,
            words=Words(
                "{value:month/months} with an order",
                "{value:Monat/Monate} mit Bestellung",
                more_is="staying",
                fact="orders",
                fact_at=1,
            ),
        ),
        Feature(
            "active_weeks_91d",
            "count(*) FILTER (opens_week AND age <= 91)",
            "Those of the last 13 weeks that have an order",
            "weeks",
            whole=True,
            words=Words(
                "{value:No week/# week/# weeks} with an order in the last 91 days",
                "{value:Keine Woche/# Woche/# Wochen} mit Bestellung in den letzten 91 Tagen",
                more_is="staying",
                fact="silence",
                fact_at=0,
            ),
        ),
        Feature(
            "active_month_share",
            "active_months / (floor((max(age) - 1) / 30.4375) + 1)",
            "Share of the months since the first order, counted back from the cutoff, that have one",
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
            words=Words(
                "Customer {value:since the last known day/for # day/for # days}",
                "Kundenbeziehung seit {value:dem letzten bekannten Tag/# Tag/# Tagen}",
            ),
        ),
    ),
)
