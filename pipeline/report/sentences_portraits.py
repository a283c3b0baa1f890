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
        "Alle Folgebestellungen seit Beginn der Daten: durchgezogen, was kam; gestrichelt, was das "
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
        "Orders in past periods, of those who were customers at their beginning: dots what came, dashed what "
        "was expected, shaded the range that should hold nine times out of ten.",
        "Bestellungen in vergangenen Zeiträumen von allen, die es zu Beginn schon gab: Punkte, was kam; "
        "gestrichelt, was erwartet war; getönt der Bereich, der in neun von zehn Fällen halten soll.",
    ),
    "interval_totals.x": (
        "forecast as of",
        "Prognose vom",
    ),
    "interval_totals.y": (
        "orders in the period",
        "Bestellungen im Zeitraum",
    ),
    "inside.title": (
        "The model of the orders and the spend in pictures",
        "Das Modell der Bestellungen und Ausgaben in Bildern",
    ),
    "by_week.title": (
        "Week by week",
        "Woche für Woche",
    ),
    "by_week.caption": (
        "Repeat orders of each week: solid what came, dashed what the model expects. Waves around the "
        "dashed line are a season or campaigns.",
        "Folgebestellungen jeder Woche: durchgezogen, was kam; gestrichelt, was das Modell erwartet. "
        "Wellen um die gestrichelte Linie sind Saison oder Aktionen.",
    ),
    "by_week.x": (
        "week",
        "Woche",
    ),
    "by_week.y": (
        "repeat orders",
        "Folgebestellungen",
    ),
    "calibration_by_recency.title": (
        "Does it hold for short and long histories?",
        "Stimmt es für kurze und lange Kundenbeziehungen?",
    ),
    "calibration_by_recency.caption": (
        "Customers by the days from their first to their last order before the test period: solid the "
        "orders per customer that came in it, dashed those expected.",
        "Personen nach den Tagen von der ersten bis zur letzten Bestellung vor dem Prüfzeitraum: "
        "durchgezogen die Bestellungen pro Person, die darin kamen, gestrichelt die erwarteten.",
    ),
    "calibration_by_recency.x": (
        "days from first to last order",
        "Tage von erster bis letzter Bestellung",
    ),
    "calibration_by_recency.y": (
        "orders per customer",
        "Bestellungen pro Person",
    ),
    "interval_coverage.title": (
        "Do the ranges of single customers hold?",
        "Halten die Spannen einzelner Personen?",
    ),
    "interval_coverage.caption": (
        "Share of the customers whose orders lay inside their 80% range, by tenth of expected orders, "
        "those who order least first; dashed what should be, shaded the uncertainty.",
        "Anteil der Personen, deren Bestellungen in ihrer 80-%-Spanne lagen, nach Zehnteln der erwarteten"
        " Bestellungen, die seltensten zuerst; gestrichelt der Sollwert, getönt die Unsicherheit.",
    ),
    "interval_coverage.x": (
        "tenth of customers",
        "Zehntel der Personen",
    ),
    "interval_coverage.y": (
        "share inside",
        "Anteil innerhalb",
    ),
    "expected_orders.title": (
        "Who is expected to order",
        "Von wem Bestellungen erwartet werden",
    ),
    "expected_orders.caption": (
        "Orders expected of the oldest customers, by how often and how lately they ordered; the darker, "
        "the more. Upper left are those who ordered often, long ago.",
        "Erwartete Bestellungen der ältesten Kundschaft, je nachdem, wie oft und bis wann bestellt wurde; "
        "je dunkler, desto mehr. Links oben steht, wer oft bestellte, aber vor langer Zeit.",
    ),
    "expected_orders.x": (
        "days from first to last order",
        "Tage von erster bis letzter Bestellung",
    ),
    "expected_orders.y": (
        "repeat orders",
        "Folgebestellungen",
    ),
    "p_alive.title": (
        "Who is thought to be still a customer",
        "Wer noch als Kundin oder Kunde gilt",
    ),
    "p_alive.caption": (
        "The same for the probability that the customer has not left for good; the darker, the likelier.",
        "Dasselbe für die Wahrscheinlichkeit, dass die Person nicht endgültig gegangen ist; je dunkler, "
        "desto wahrscheinlicher.",
    ),
    "p_alive.x": (
        "days from first to last order",
        "Tage von erster bis letzter Bestellung",
    ),
    "p_alive.y": (
        "repeat orders",
        "Folgebestellungen",
    ),
    "alive_history.title": (
        "One customer through time",
        "Eine Person im Lauf der Zeit",
    ),
    "alive_history.caption": (
        "Probability that a typical returning customer, made of medians, is still there: between orders "
        "it falls, at an order it rises.",
        "Wahrscheinlichkeit, dass eine typische wiederkehrende Person, aus Medianen gebildet, noch da "
        "ist: Zwischen Bestellungen sinkt sie, mit jeder steigt sie.",
    ),
    "alive_history.x": (
        "day",
        "Tag",
    ),
    "alive_history.y": (
        "probability",
        "Wahrscheinlichkeit",
    ),
    "spend_fit.title": (
        "Mean amounts of the customers",
        "Mittlere Beträge der Kundschaft",
    ),
    "spend_fit.caption": (
        "How the customers' mean amounts per order day are spread: solid the data, dashed the model. "
        "Spikes at round prices are normal, a second hump is another kind of customer.",
        "Wie sich die mittleren Beträge pro Bestelltag verteilen: durchgezogen die Daten, gestrichelt das"
        " Modell. Spitzen bei runden Preisen sind normal, ein zweiter Hügel ist eine andere Art von "
        "Kundschaft.",
    ),
    "spend_fit.x": (
        "mean amount",
        "mittlerer Betrag",
    ),
    "spend_fit.y": (
        "density, thousandths",
        "Dichte, Tausendstel",
    ),
    "orders_per_week.title": (
        "How customers differ in pace",
        "Wie sich das Bestelltempo unterscheidet",
    ),
    "orders_per_week.caption": (
        "How the order rates of customers are spread. Most of the mass at zero with a long tail is the "
        "usual shop.",
        "Wie sich das Tempo über die Kundschaft verteilt. Üblich ist: die meisten nahe null, dazu ein langer "
        "Ausläufer.",
    ),
    "orders_per_week.x": (
        "orders per week",
        "Bestellungen pro Woche",
    ),
    "orders_per_week.y": (
        "density",
        "Dichte",
    ),
    "dropout_probability.title": (
        "How customers differ in loyalty",
        "Wie sich die Treue unterscheidet",
    ),
    "dropout_probability.caption": (
        "How the probability to leave after an order is spread over the customers.",
        "Wie sich die Wahrscheinlichkeit, nach einer Bestellung zu gehen, über die Kundschaft verteilt.",
    ),
    "dropout_probability.x": (
        "probability to leave after an order",
        "Wahrscheinlichkeit zu gehen, je Bestellung",
    ),
    "dropout_probability.y": (
        "density",
        "Dichte",
    ),
    "dropout_per_week.title": (
        "How customers differ in loyalty",
        "Wie sich die Treue unterscheidet",
    ),
    "dropout_per_week.caption": (
        "How the rate at which customers leave is spread over them.",
        "Wie sich das Tempo des Weggehens über die Kundschaft verteilt.",
    ),
    "dropout_per_week.x": (
        "leaving per week",
        "Weggang pro Woche",
    ),
    "dropout_per_week.y": (
        "density",
        "Dichte",
    ),
}
