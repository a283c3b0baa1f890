"""The sentences about what the data do not carry, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "floors.churn": (
        "No churn probabilities, since the history is not enough for them: {reasons}. KPIs and RFM groups "
        "stand.",
        "Keine Abwanderungswahrscheinlichkeiten, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen und RFM-Gruppen gelten.",
    ),
    "floors.clv": (
        "No expected spend and no customer lifetime value, since the history is not enough for them: "
        "{reasons}. KPIs and RFM groups stand.",
        "Kein erwarteter Umsatz und kein Kundenwert, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen und RFM-Gruppen gelten.",
    ),
    "floor.buyers": (
        "{found} customers have bought, {needed} are needed",
        "{found} Personen haben gekauft, nötig sind {needed}",
    ),
    "floor.days_of_log": (
        "the data cover {found} days, {needed} are needed",
        "die Daten umfassen {found} Tage, nötig sind {needed}",
    ),
    "floor.frequent_buyers": (
        "nobody has ordered on three different days",
        "niemand hat an drei verschiedenen Tagen bestellt",
    ),
    "floor.days_since_last_order": (
        "the last order is {found} days old, it may be {needed} days old at most",
        "die letzte Bestellung ist {found} Tage alt, höchstens {needed} Tage dürfen es sein",
    ),
    "floor.history_days": (
        "the data cover {found} days, learning and testing with this horizon need {needed}",
        "die Daten umfassen {found} Tage, Lernen und Prüfen mit diesem Horizont brauchen {needed}",
    ),
    "floor.churned_customers": (
        "{found} customers left in past horizons, {needed} are needed",
        "{found} Personen sind in früheren Zeiträumen abgewandert, nötig sind {needed}",
    ),
    "floor.retained_customers": (
        "{found} customers ordered again in past horizons, {needed} are needed",
        "{found} Personen haben in früheren Zeiträumen wieder bestellt, nötig sind {needed}",
    ),
    "floor.too_thin": (
        "too few customers ordered more than once",
        "zu wenige haben mehr als einmal bestellt",
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
