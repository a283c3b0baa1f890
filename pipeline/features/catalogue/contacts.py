"""Where customers and shop meet: messages, web events, tickets, surveys, loyalty points, consents."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic


def _count(name: str, condition: str, meaning: str, unit: str) -> Feature:
    return Feature(name, f"count(*) FILTER ({condition})", meaning, unit, whole=True)


LAST_TWO = "age <= 2 * $horizon_days"

ENGAGEMENT = Topic(
    "engagement",
    "What the customer makes of the shop's messages.",
    "contacts",
    ("messages",),
    (
        _count("messages_2_horizons", LAST_TWO, "Messages sent in the last two horizons", "messages"),
        Feature(
            "opened_share",
            f"count(opened_age) FILTER ({LAST_TWO}) / nullif(messages_2_horizons, 0)",
            "Share of them opened",
            "share",
            "without a message in them",
        ),
        Feature(
            "clicked_share",
            f"count(*) FILTER ({LAST_TWO} AND is_clicked) / nullif(messages_2_horizons, 0)",
            "Share of them clicked",
            "share",
            "without a message in them",
        ),
        Feature(
            "days_since_opened",
            "min(opened_age) - 1",
            "Days from the last opening to the last known day",
            "days",
            "if none was opened",
            whole=True,
        ),
        _count(
            "messages_refused",
            "is_refused",
            "Messages that led to an unsubscription or complaint",
            "messages",
        ),
    ),
)

VISITS = Topic(
    "visits",
    "What the customer does on the shop's pages.",
    "visits",
    ("web_events",),
    (
        _count("web_events_horizon", "age <= $horizon_days", "Events in the last horizon", "events"),
        _count("web_events_2_horizons", LAST_TWO, "Events in the last two horizons", "events"),
        _count(
            "carts_horizon",
            "age <= $horizon_days AND event IN ('cart', 'checkout_start')",
            "Carts filled and checkouts begun in the last horizon",
            "events",
        ),
        _count(
            "abandoned_horizon",
            "age <= $horizon_days AND event = 'checkout_abandon'",
            "Checkouts abandoned in the last horizon",
            "events",
        ),
        Feature(
            "days_since_visit",
            "min(age) - 1",
            "Days from the last event to the last known day",
            "days",
            "without an event",
            whole=True,
        ),
    ),
)

SERVICE = Topic(
    "service",
    "Questions and complaints.",
    "questions",
    ("tickets",),
    (
        _count("tickets_2_horizons", LAST_TWO, "Tickets of the last two horizons", "tickets"),
        _count("complaints", "is_complaint", "Complaints so far", "complaints"),
        _count(
            "complaints_2_horizons",
            f"is_complaint AND {LAST_TWO}",
            "Complaints of the last two horizons",
            "complaints",
        ),
        _count("tickets_open", "is_open AND age IS NOT NULL", "Tickets not settled at the cutoff", "tickets"),
        Feature(
            "ticket_csat", "sum(csat) / count(csat)", "Mean satisfaction, 1 to 5", "", "without an answer"
        ),
    ),
)

SATISFACTION = Topic(
    "satisfaction",
    "What the customer said when asked.",
    "answers",
    ("surveys",),
    (
        Feature(
            "nps_last",
            "max(score) FILTER (kind = 'nps')",
            "Last answer, 0 to 10",
            "",
            "without one",
            whole=True,
        ),
        Feature(
            "csat_last",
            "max(score) FILTER (kind = 'csat')",
            "Last answer, 1 to 5",
            "",
            "without one",
            whole=True,
        ),
    ),
)

LOYALTY = Topic(
    "loyalty",
    "Points of the loyalty programme.",
    "points",
    ("loyalty_ledger",),
    (
        Feature("points_balance", "coalesce(sum(points), 0)", "Points at the cutoff", "points"),
        Feature(
            "points_earned_2_horizons",
            f"coalesce(sum(points) FILTER (kind = 'earn' AND {LAST_TWO}), 0)",
            "Points earned in the last two horizons",
            "points",
        ),
        _count("points_redemptions", "kind = 'redeem'", "Times points were redeemed", "redemptions"),
        Feature(
            "days_since_points",
            "min(age) - 1",
            "Days from the last booking to the last known day",
            "days",
            "without a booking",
            whole=True,
        ),
    ),
)

PERMISSIONS = Topic(
    "permissions",
    "What the customer has consented to.",
    "permissions",
    ("consents",),
    (
        _count("consents_granted", "is_granted", "Purposes granted at the cutoff", "purposes"),
        _count("consents_refused", "NOT is_granted", "Purposes denied, withdrawn or objected to", "purposes"),
    ),
)

REFERRALS = Topic(
    "referrals",
    "Recommendations to others.",
    "recommended",
    ("referrals",),
    (
        Feature("referrals", "count(age)", "Recommendations so far", "referrals", whole=True),
        _count("referrals_2_horizons", LAST_TWO, "Recommendations in the last two horizons", "referrals"),
        _count("referred_customers", "brought_customer", "New customers they brought", "customers"),
    ),
)
