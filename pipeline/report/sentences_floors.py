"""The sentences about what the data do not carry, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "floors.churn": (
        "No churn probabilities, since the history is not enough for them: {reasons}. KPIs and RFM groups "
        "stand, here and in the export.",
        "Keine Abwanderungswahrscheinlichkeiten, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen und RFM-Gruppen gelten, hier und im Export.",
    ),
    "floors.clv": (
        "No expected spend and no customer lifetime value, since the history is not enough for them: "
        "{reasons}. KPIs and RFM groups stand, here and in the export.",
        "Kein erwarteter Umsatz und kein Kundenwert, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen und RFM-Gruppen gelten, hier und im Export.",
    ),
    "floor.buyers": (
        "of the {needed:customer/customers} needed, {found:has/have} bought",
        "von {needed} nötigen Personen mit Bestellung gibt es {found}",
    ),
    "floor.buyers_since": (
        "of the {needed:customer/customers} needed, {found:has/have} bought who came since the day from "
        "which births are known (ingest.births_from)",
        "von {needed} nötigen Personen mit Bestellung kamen {found} seit dem Tag, ab dem Erstbestellungen "
        "bekannt sind (ingest.births_from)",
    ),
    "floor.days_of_log": (
        "the data cover {found} of the {needed:day/days} needed",
        "die Daten umfassen {found} von {needed} nötigen Tagen",
    ),
    "floor.frequent_buyers": (
        "nobody has ordered on three different days",
        "niemand hat an drei verschiedenen Tagen bestellt",
    ),
    "floor.days_since_last_order": (
        "the last order is {found:day/days} old, it may be {needed:day/days} old at most",
        "die letzte Bestellung ist {found:Tag/Tage} alt, höchstens {needed:Tag/Tage} dürfen es sein",
    ),
    "floor.history_days": (
        "the data cover {found} of the {needed:day/days} that learning and testing with this horizon need",
        "die Daten umfassen {found} der {needed} Tage, die Lernen und Prüfen mit diesem Horizont brauchen",
    ),
    "floor.churned_customers": (
        "of the {needed:customer/customers} needed, {found:has/have} left in past horizons",
        "von {needed} nötigen Personen, die in früheren Zeiträumen abwanderten, gibt es {found}",
    ),
    "floor.retained_customers": (
        "of the {needed:customer/customers} needed, {found:has/have} ordered again in past horizons",
        "von {needed} nötigen Personen, die in früheren Zeiträumen wieder bestellten, gibt es {found}",
    ),
    "floor.thin.churn": (
        "in past horizons hardly anybody stayed away, or hardly anybody ordered",
        "in früheren Zeiträumen blieb kaum jemand weg, oder kaum jemand bestellte",
    ),
    "floor.thin.clv": (
        "hardly anybody paid for a second order",
        "kaum jemand hat für eine zweite Bestellung bezahlt",
    ),
    "floor.thin.amounts": (
        "no order has an amount above zero, and without money there is no value",
        "keine Bestellung hat einen Betrag über null, und ohne Geld gibt es keinen Wert",
    ),
    "grade.insufficient_history": (
        "No predictions and so no grade: the history is too short or too thin, as said at the top.",
        "Keine Vorhersagen, also keine Note: Die Historie ist zu kurz oder zu dünn, wie oben gesagt.",
    ),
    "grade.not_tested": (
        "No grade: a horizon ago the data were too short for predictions that could be tested now.",
        "Keine Note: Vor einem Horizont reichten die Daten noch nicht für Vorhersagen, die sich jetzt prüfen "
        "ließen.",
    ),
}
