"""The sentences about what the data do not carry, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "floors.churn": (
        "No churn probabilities, since the history is not enough for them: {reasons}. KPIs stand, "
        "and so do the RFM groups in the export.",
        "Keine Abwanderungswahrscheinlichkeiten, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen gelten, im Export auch die RFM-Gruppen.",
    ),
    "floors.clv": (
        "No expected spend and no customer lifetime value, since the history is not enough for them: "
        "{reasons}. KPIs stand, and so do the RFM groups in the export.",
        "Kein erwarteter Umsatz und kein Kundenwert, denn die Historie reicht dafür nicht: {reasons}. "
        "Kennzahlen gelten, im Export auch die RFM-Gruppen.",
    ),
    "floor.buyers": (
        "{found} of the {needed} customers needed have bought",
        "gekauft haben {found} von nötigen {needed} Personen",
    ),
    "floor.days_of_log": (
        "the data cover {found} of the {needed} days needed",
        "die Daten umfassen {found} von nötigen {needed} Tagen",
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
        "the data cover {found} of the {needed} days that learning and testing with this horizon need",
        "die Daten umfassen {found} der {needed} Tage, die Lernen und Prüfen mit diesem Horizont brauchen",
    ),
    "floor.churned_customers": (
        "{found} of the {needed} customers needed have left in past horizons",
        "in früheren Zeiträumen abgewandert sind {found} von nötigen {needed} Personen",
    ),
    "floor.retained_customers": (
        "{found} of the {needed} customers needed have ordered again in past horizons",
        "in früheren Zeiträumen wieder bestellt haben {found} von nötigen {needed} Personen",
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
