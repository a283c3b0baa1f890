"""The sentences about how the model of orders followed them, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "tracking.title": (
        "Does the model keep up with the orders?",
        "Hält das Modell mit den Bestellungen Schritt?",
    ),
    "tracking.caption": (
        "Repeat orders of all customers since the beginning of the log: solid what came, dashed what the "
        "model expects, given the days on which people became customers. Right of the upright line are "
        "orders it had not seen.",
        "Folgebestellungen aller seit Beginn der Daten: durchgezogen, was kam; gestrichelt, was das "
        "Modell erwartet, wenn es nur die Tage der Erstbestellungen kennt. Rechts der senkrechten Linie "
        "liegen Bestellungen, die es nicht gesehen hatte.",
    ),
    "tracking.x": (
        "week",
        "Woche",
    ),
    "tracking.y": (
        "repeat orders so far",
        "Folgebestellungen bisher",
    ),
    "calibration_by_frequency.title": (
        "Does it hold for rare and for frequent buyers?",
        "Stimmt es für seltene und für häufige Käufe?",
    ),
    "calibration_by_frequency.caption": (
        "Customers by the repeat orders they had made before the test period: solid the orders per "
        "customer that came in it, dashed those expected. Where the lines part, the model errs for that "
        "group.",
        "Personen nach ihren Folgebestellungen vor dem Prüfzeitraum: durchgezogen die Bestellungen pro "
        "Person, die darin kamen, gestrichelt die erwarteten. Wo die Linien auseinandergehen, irrt das "
        "Modell für diese Gruppe.",
    ),
    "calibration_by_frequency.x": (
        "repeat orders before",
        "Folgebestellungen zuvor",
    ),
    "calibration_by_frequency.y": (
        "orders per customer",
        "Bestellungen pro Person",
    ),
    "interval_totals.title": (
        "How good were earlier forecasts?",
        "Wie gut waren frühere Prognosen?",
    ),
    "interval_totals.caption": (
        "Orders of all customers in past periods: dots what came, dashed what was expected at its "
        "beginning, shaded the range that should hold nine times out of ten.",
        "Bestellungen aller in vergangenen Zeiträumen: Punkte, was kam; gestrichelt, was zu Beginn "
        "erwartet war; getönt der Bereich, der in neun von zehn Fällen halten soll.",
    ),
    "interval_totals.x": (
        "forecast as of",
        "Prognose vom",
    ),
    "interval_totals.y": (
        "orders in the period",
        "Bestellungen im Zeitraum",
    ),
}
