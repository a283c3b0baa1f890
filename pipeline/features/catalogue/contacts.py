"""Where customers and shop meet: messages, web events, tickets, surveys, loyalty points, consents."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic, Words


def _count(name: str, condition: str, meaning: str, unit: str, words: Words) -> Feature:
    return Feature(name, f"count(*) FILTER ({condition})", meaning, unit, whole=True, words=words)


LAST_TWO = "age <= 2 * $horizon_days"

ENGAGEMENT = Topic(
    "engagement",
    "What the customer makes of the shop's messages.",
    "contacts",
    ("messages",),
    (
        _count(
            "messages_2_horizons",
            LAST_TWO,
            "Messages sent in the last two horizons",
            "messages",
            words=Words(
                "{value:message/messages} sent lately",
                "{value:Nachricht/Nachrichten} in letzter Zeit gesendet",
            ),
        ),
        Feature(
            "opened_share",
            f"count(opened_age) FILTER ({LAST_TWO}) / nullif(messages_2_horizons, 0)",
            "Share of them opened",
            "share",
            "without a message in them",
            words=Words(
                "{value} of the messages opened lately",
                "{value} der Nachrichten zuletzt geöffnet",
                more_is="staying",
            ),
        ),
        Feature(
            "clicked_share",
            f"count(*) FILTER ({LAST_TWO} AND is_clicked) / nullif(messages_2_horizons, 0)",
            "Share of them clicked",
            "share",
            "without a message in them",
            words=Words(
                "{value} of the messages clicked lately",
                "{value} der Nachrichten zuletzt angeklickt",
                more_is="staying",
            ),
        ),
        Feature(
            "days_since_opened",
            "min(opened_age) - 1",
            "Days from the last opening to the last known day",
            "days",
            "if none was opened",
            whole=True,
            words=Words(
                "Last message opened {value:day/days} ago",
                "Letzte Nachricht vor {value:Tag/Tagen} geöffnet",
                more_is="leaving",
            ),
        ),
        _count(
            "messages_refused",
            "is_refused",
            "Messages that led to an unsubscription or complaint",
            "messages",
            words=Words(
                "{value:message/messages} answered with an unsubscription or complaint",
                "{value:Nachricht/Nachrichten} mit Abmeldung oder Beschwerde beantwortet",
                more_is="leaving",
            ),
        ),
    ),
)

VISITS = Topic(
    "visits",
    "What the customer does on the shop's pages.",
    "visits",
    ("web_events",),
    (
        _count(
            "web_events_horizon",
            "age <= $horizon_days",
            "Events in the last horizon",
            "events",
            words=Words(
                "{value:action/actions} on the pages in the last <horizon> days",
                "{value:Aktion/Aktionen} auf den Seiten in den letzten <horizon> Tagen",
                more_is="staying",
            ),
        ),
        _count(
            "web_events_2_horizons",
            LAST_TWO,
            "Events in the last two horizons",
            "events",
            words=Words(
                "{value:action/actions} on the pages lately",
                "{value:Aktion/Aktionen} auf den Seiten in letzter Zeit",
                more_is="staying",
            ),
        ),
        _count(
            "carts_horizon",
            "age <= $horizon_days AND event IN ('cart', 'checkout_start')",
            "Carts filled and checkouts begun in the last horizon",
            "events",
            words=Words(
                "{value:cart/carts} filled in the last <horizon> days",
                "{value:Warenkorb/Warenkörbe} in den letzten <horizon> Tagen gefüllt",
                more_is="staying",
            ),
        ),
        _count(
            "abandoned_horizon",
            "age <= $horizon_days AND event = 'checkout_abandon'",
            "Checkouts abandoned in the last horizon",
            "events",
            words=Words(
                "{value:checkout/checkouts} abandoned in the last <horizon> days",
                "{value:Kauf/Käufe} in den letzten <horizon> Tagen abgebrochen",
            ),
        ),
        Feature(
            "days_since_visit",
            "min(age) - 1",
            "Days from the last event to the last known day",
            "days",
            "without an event",
            whole=True,
            words=Words(
                "Last visit to the pages {value:day/days} ago",
                "Letzter Besuch der Seiten vor {value:Tag/Tagen}",
                more_is="leaving",
            ),
        ),
    ),
)

SERVICE = Topic(
    "service",
    "Questions and complaints.",
    "questions",
    ("tickets",),
    (
        _count(
            "tickets_2_horizons",
            LAST_TWO,
            "Tickets of the last two horizons",
            "tickets",
            words=Words(
                "{value:question/questions} to the service lately",
                "{value:Anfrage/Anfragen} an den Service in letzter Zeit",
            ),
        ),
        _count(
            "complaints",
            "is_complaint",
            "Complaints so far",
            "complaints",
            words=Words("{value:complaint/complaints} so far", "{value:Beschwerde/Beschwerden} bisher"),
        ),
        _count(
            "complaints_2_horizons",
            f"is_complaint AND {LAST_TWO}",
            "Complaints of the last two horizons",
            "complaints",
            words=Words(
                "{value:complaint/complaints} lately", "{value:Beschwerde/Beschwerden} in letzter Zeit"
            ),
        ),
        _count(
            "tickets_open",
            "is_open AND age IS NOT NULL",
            "Tickets not settled at the cutoff",
            "tickets",
            words=Words("{value:question/questions} still open", "{value:Anfrage/Anfragen} noch offen"),
        ),
        Feature(
            "ticket_csat",
            "sum(csat) / count(csat)",
            "Mean satisfaction, 1 to 5",
            "",
            "without an answer",
            words=Words(
                "Satisfaction with the service: {value} of 5",
                "Zufriedenheit mit dem Service: {value} von 5",
                more_is="staying",
            ),
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
            words=Words(
                "Would recommend the shop: {value} of 10",
                "Weiterempfehlung: {value} von 10",
                more_is="staying",
            ),
        ),
        Feature(
            "csat_last",
            "max(score) FILTER (kind = 'csat')",
            "Last answer, 1 to 5",
            "",
            "without one",
            whole=True,
            words=Words("Satisfaction: {value} of 5", "Zufriedenheit: {value} von 5", more_is="staying"),
        ),
    ),
)

LOYALTY = Topic(
    "loyalty",
    "Points of the loyalty programme.",
    "points",
    ("loyalty_ledger",),
    (
        Feature(
            "points_balance",
            "coalesce(sum(points), 0)",
            "Points at the cutoff",
            "points",
            words=Words(
                "{value:point/points} on the account", "{value:Punkt/Punkte} auf dem Konto", more_is="staying"
            ),
        ),
        Feature(
            "points_earned_2_horizons",
            f"coalesce(sum(points) FILTER (kind = 'earn' AND {LAST_TWO}), 0)",
            "Points earned in the last two horizons",
            "points",
            words=Words(
                "{value:No points/# point/# points} earned lately",
                "{value:Keine Punkte/# Punkt/# Punkte} in letzter Zeit gesammelt",
                more_is="staying",
            ),
        ),
        _count(
            "points_redemptions",
            "kind = 'redeem'",
            "Times points were redeemed",
            "redemptions",
            words=Words(
                "Points redeemed {value:time/times}", "{value}-mal Punkte eingelöst", more_is="staying"
            ),
        ),
        Feature(
            "days_since_points",
            "min(age) - 1",
            "Days from the last booking to the last known day",
            "days",
            "without a booking",
            whole=True,
            words=Words(
                "Last points {value:day/days} ago", "Letzte Punkte vor {value:Tag/Tagen}", more_is="leaving"
            ),
        ),
    ),
)

PERMISSIONS = Topic(
    "permissions",
    "What the customer has consented to.",
    "permissions",
    ("consents",),
    (
        _count(
            "consents_granted",
            "is_granted",
            "Purposes granted at the cutoff",
            "purposes",
            words=Words(
                "{value:consent/consents} given",
                "{value:Einwilligung/Einwilligungen} erteilt",
                more_is="staying",
            ),
        ),
        _count(
            "consents_refused",
            "NOT is_granted",
            "Purposes denied, withdrawn or objected to",
            "purposes",
            words=Words(
                "{value:consent/consents} refused",
                "{value:Einwilligung/Einwilligungen} verweigert",
                more_is="leaving",
            ),
        ),
    ),
)

REFERRALS = Topic(
    "referrals",
    "Recommendations to others.",
    "recommended",
    ("referrals",),
    (
        Feature(
            "referrals",
            "count(age)",
            "Recommendations so far",
            "referrals",
            whole=True,
            words=Words(
                "{value:recommendation/recommendations} so far",
                "{value:Empfehlung/Empfehlungen} bisher",
                more_is="staying",
            ),
        ),
        _count(
            "referrals_2_horizons",
            LAST_TWO,
            "Recommendations in the last two horizons",
            "referrals",
            words=Words(
                "{value:recommendation/recommendations} lately",
                "{value:Empfehlung/Empfehlungen} in letzter Zeit",
                more_is="staying",
            ),
        ),
        _count(
            "referred_customers",
            "brought_customer",
            "New customers they brought",
            "customers",
            words=Words(
                "{value:new customer/new customers} brought",
                "{value:Neukunde/Neukunden} gebracht",
                more_is="staying",
            ),
        ),
    ),
)
