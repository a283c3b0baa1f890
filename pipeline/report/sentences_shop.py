"""The sentences about the shop and its customers, English and German side by side."""

from __future__ import annotations

# {placeholders} are filled with numbers and dates that are already formatted.
SENTENCES: dict[str, tuple[str, str]] = {
    "title": (
        "Customer value and churn",
        "Kundenwert und Abwanderung",
    ),
    "as_of": (
        "Known up to {last_day}",
        "Datenstand bis {last_day}",
    ),
    "looking_ahead": (
        "last order on {last_order}; looking {days:day/days} ahead, from {first} to {last}",
        "letzte Bestellung am {last_order}; Ausblick auf {days:Tag/Tage}, vom {first} bis {last}",
    ),
    "lines_as_orders": (
        "Nothing in the data tells which rows belong to one order, so each counts as one: "
        "{orders:order/orders} on {days:day/days}, counted by customer. If the rows are lines of orders, the "
        "number of orders, the average order value and the repeat-purchase rate are wrong. What is predicted "
        "counts days.",
        "Nichts in den Daten sagt, welche Zeilen eine Bestellung sind, also zählt jede als eine: "
        "{orders:Bestellung/Bestellungen} an {days:Tag/Tagen}, je Person gezählt. Sind die Zeilen Positionen "
        "von Bestellungen, stimmen Bestellzahl, durchschnittlicher Bestellwert und Wiederkaufrate nicht. "
        "Vorhergesagt werden Tage.",
    ),
    "demo_pepper": (
        "These pseudonyms were made with the public demo secret: fine for trying out, not for real "
        "customers. Set CHURN_PEPPER before you use your own data.",
        "Diese Pseudonyme entstanden mit dem öffentlichen Demo-Geheimnis: gut zum Ausprobieren, nicht für"
        " echte Kundschaft. CHURN_PEPPER setzen, bevor eigene Daten verarbeitet werden.",
    ),
    "missing": (
        "Nothing to show: the data do not reach far enough.",
        "Nichts zu zeigen: Die Daten reichen nicht weit genug.",
    ),
    "too_few": (
        "Segments, months and cohorts of fewer than 10 customers are not shown on their own.",
        "Segmente, Monate und Kohorten mit weniger als 10 Personen werden nicht einzeln gezeigt.",
    ),
    # Headline
    "kpis.title": (
        "At a glance",
        "Auf einen Blick",
    ),
    "kpis.customers": (
        "Customers",
        "Kundinnen und Kunden",
    ),
    "kpis.customers.note": (
        "{orders:order/orders} since {first}",
        "{orders:Bestellung/Bestellungen} seit {first}",
    ),
    "kpis.active": (
        "Active customers",
        "Aktive",
    ),
    "kpis.active.note": (
        "ordered in the last {days:day/days}: {retained} kept, {new} new, {returned} returned",
        "mit Bestellung vor höchstens {days:Tag/Tagen}: {retained} gehalten, {new} neu, {returned} "
        "zurückgekehrt",
    ),
    "kpis.repeat": (
        "Repeat-purchase rate",
        "Wiederkaufrate",
    ),
    "kpis.repeat.note": (
        "{numerator} of {denominator:customer/customers} ordered at least twice",
        "{numerator} von {denominator:Person/Personen} mit mindestens zwei Bestellungen",
    ),
    "kpis.retention": (
        "Retention rate",
        "Kundenbindungsrate",
    ),
    "kpis.retention.note": (
        "{numerator} of the {denominator} active before ordered again between {start} and {last_day}",
        "vom {start} bis {last_day} wieder bestellt: {numerator} der zuvor {denominator} Aktiven",
    ),
    "kpis.retention.nobody": (
        "nobody had ordered in the {days:day/days} before {start}",
        "vor dem {start} hatte {days:Tag/Tage} lang niemand bestellt",
    ),
    "kpis.aov": (
        "Average order value",
        "Durchschnittlicher Bestellwert",
    ),
    "kpis.aov.note": (
        "{revenue} revenue; half of all repeat orders come within {gap:day/days}",
        "{revenue} Umsatz; die Hälfte der Folgebestellungen kommt binnen {gap:Tag/Tagen}",
    ),
    "kpis.aov.once": (
        "{revenue} revenue; nobody has ordered on a second day",
        "{revenue} Umsatz; noch niemand hat an einem zweiten Tag bestellt",
    ),
    "kpis.expected": (
        "Expected spend",
        "Erwarteter Umsatz",
    ),
    "kpis.expected.note": (
        "in the next {days:day/days}; {clv} customer lifetime value over {clv_days:day/days}",
        "binnen {days:Tag/Tagen}; {clv} Kundenwert über {clv_days:Tag/Tage}",
    ),
    "kpis.expected.none": (
        "not forecast: the history is not enough",
        "keine Vorhersage: Die Historie reicht nicht",
    ),
    "forecast.orders": (
        "From the customers you have, we expect {expected:order/orders} in the next {days:day/days}; nine "
        "times out of ten it will be between {low} and {high}.",
        "Von den bisherigen Kundinnen und Kunden erwarten wir binnen {days:Tag/Tagen} "
        "{expected:Bestellung/Bestellungen}; in neun von zehn Fällen werden es zwischen {low} und {high} "
        "sein.",
    ),
    "forecast.spend": (
        "They will spend {expected}, nine times out of ten between {low} and {high}.",
        "Sie geben {expected} aus, in neun von zehn Fällen zwischen {low} und {high}.",
    ),
    "forecast.held": (
        "Looking back at {windows:past period/past periods}, such ranges around what the lifetime model "
        "alone expected held the number of orders in {orders} and the spend in {spend}.",
        "Rückblickend auf {windows:vergangenen Zeitraum/vergangene Zeiträume} lag die Zahl der Bestellungen "
        "in {orders} und der Umsatz in {spend} innerhalb solcher Spannen um die Erwartung des "
        "Kundenwertmodells allein.",
    ),
    "forecast.newcomers.fewer": (
        "Those who came in the last {days:day/days} differ from those before: {customers:person/people} "
        "ordered again {seen:time/times}, {expected} were to be expected by now. What is forecast for them "
        "is likely far too high, and the ranges do not know it.",
        "Wer in den letzten {days:Tag/Tagen} kam, ist anders als die zuvor: {customers:Person "
        "bestellte/Personen bestellten} {seen}-mal wieder, {expected}-mal war bis jetzt zu erwarten. Die "
        "Vorhersage für sie ist wohl viel zu hoch, und die Spannen wissen davon nichts.",
    ),
    "forecast.newcomers.more": (
        "Those who came in the last {days:day/days} differ from those before: {customers:person/people} "
        "ordered again {seen:time/times}, {expected} were to be expected by now. What is forecast for them "
        "is likely far too low, and the ranges do not know it.",
        "Wer in den letzten {days:Tag/Tagen} kam, ist anders als die zuvor: {customers:Person "
        "bestellte/Personen bestellten} {seen}-mal wieder, {expected}-mal war bis jetzt zu erwarten. Die "
        "Vorhersage für sie ist wohl viel zu niedrig, und die Spannen wissen davon nichts.",
    ),
    "forecast.clv": (
        "The ranges of the lifetime value look {days:day/days} ahead: in {windows:past period/past periods} "
        "of that length they held {shares} of the customers (80% would be right).",
        "Die Spannen des Kundenwerts reichen {days:Tag/Tage} voraus: In "
        "{windows:vergangenen Zeitraum/vergangenen Zeiträumen} dieser Länge enthielten sie {shares} "
        "der Personen (80 % wären richtig).",
    ),
    "forecast.clv.total": (
        "All customers together were worth {shares} of what had been expected then; today's total may be as "
        "far off.",
        "Alle zusammen waren dann {shares} dessen wert, was erwartet worden war; die heutige Summe kann "
        "ebenso weit danebenliegen.",
    ),
    "forecast.clv.untested": (
        "Whether the ranges of the lifetime value hold cannot be told yet: the log is too short to look back "
        "{days:day/days} from a forecast.",
        "Ob die Spannen des Kundenwerts halten, lässt sich noch nicht sagen: Die Daten reichen nicht "
        "{days:Tag/Tage} über eine frühere Vorhersage hinaus.",
    ),
    "segments.range": (
        "{low} to {high}",
        "{low} bis {high}",
    ),
    "kpis.churn": (
        "Churn, twice. By the textbook formula it is {literal}{why}: "
        "{start:active customer/active customers} at the start, {end} at the end. That sets new and "
        "returning customers off against the lost ones. Of the customers the shop had, it lost {cohort}: "
        "{lost} of {start} did not order again.",
        "Abwanderung, zweimal gerechnet. Nach der Lehrbuchformel sind es {literal}{why}: {start} "
        "Aktive zu Beginn, {end} am Ende. Darin werden Neue und Zurückgekehrte gegen Verlorene "
        "aufgerechnet. Von denen, die der Shop hatte, verlor er {cohort}: {lost} von {start} ohne weitere "
        "Bestellung.",
    ),
    "kpis.churn.grown": (
        ", below zero because more came than went",
        ", unter null, weil mehr kamen als gingen",
    ),
    "kpis.not_full": (
        "The order history does not cover the whole comparison period, so both rates rest on part of it.",
        "Die Bestellhistorie deckt den Vergleichszeitraum nicht ganz ab; beide Raten beruhen auf einem "
        "Teil davon.",
    ),
    "monthly.revenue": (
        "Revenue per month",
        "Umsatz pro Monat",
    ),
    "monthly.customers": (
        "Customers per month",
        "Bestellende pro Monat",
    ),
    "monthly.new": (
        "first order",
        "Erstbestellung",
    ),
    "monthly.again": (
        "ordered before",
        "Folgebestellung",
    ),
    "monthly.partial": (
        "The last month is not complete.",
        "Der letzte Monat ist unvollständig.",
    ),
    "closed": (
        "No or hardly any orders: {runs}. If the shop was closed: nobody ages for the lifetime models in "
        "these days, and periods that they fill by a quarter or more are not learned from, as long as there "
        "are others. One that comes again a year later is a season then, and not named. If orders are "
        "missing: deliver them.",
        "Keine oder kaum Bestellungen: {runs}. War der Shop geschlossen, altert in diesen Tagen für die "
        "Kundenwert-Modelle niemand, und aus Zeiträumen, die sie zu einem Viertel oder mehr füllen, wird "
        "nicht gelernt, solange es andere gibt. Was ein Jahr später wiederkehrt, gilt dann als Saison und "
        "steht nicht hier. Fehlen Bestellungen, sollten sie nachgeliefert werden.",
    ),
    "closed.run": (
        "{first} to {last}",
        "{first} bis {last}",
    ),
    # Segments
    "segments.title": (
        "Who to act on",
        "Wer jetzt zählt",
    ),
    "segments.intro": (
        "Every customer is in exactly one segment, and each segment has one next step. No offer goes to "
        "someone who will likely buy anyway.",
        "Jede Person ist in genau einem Segment, und jedes Segment hat einen nächsten Schritt. Kein "
        "Angebot geht an jemanden, der wahrscheinlich ohnehin kauft.",
    ),
    "segments.below_floor": (
        "{n:customer/customers} with a lifetime value below {floor} (segments.value_floor): of low value "
        "whatever their rank, so that no offer goes to them.",
        "{n:Person/Personen} mit einem Kundenwert unter {floor} (segments.value_floor): unabhängig vom Rang "
        "von niedrigem Wert, sodass kein Angebot an sie geht.",
    ),
    "segments.not_worth_it": (
        "An offer is taken to cost {cost} (evaluate.campaign.offer_cost). Of those whose next step costs "
        "money, {n:customer has/customers have} a lifetime value below that: tiers go by rank alone as long "
        "as segments.value_floor does not rule them out.",
        "Ein Angebot ist mit {cost} angesetzt (evaluate.campaign.offer_cost). Unter denen, deren nächster "
        "Schritt Geld kostet, {n:liegt # Person/liegen # Personen} mit dem Kundenwert darunter: Wertstufen "
        "folgen allein dem Rang, solange segments.value_floor sie nicht ausschließt.",
    ),
    "segments.suppressed": (
        "Not to be contacted, for want of consent or by objection: {n:customer/customers} of these. The "
        "export suppresses them.",
        "Nicht anzusprechen, ohne Einwilligung oder nach Widerspruch: {n:Person/Personen} von diesen. Im "
        "Export sind sie gesperrt.",
    ),
    "segments.all_returned": (
        "Counted at the top, but not here: {n:customer/customers} with every order returned.",
        "Oben mitgezählt, hier nicht: {n:Person/Personen} mit vollständig zurückgesandten Bestellungen.",
    ),
    "segments.not_scored": (
        "Without predictions nobody can be singled out. What is known of everybody is the RFM group and the "
        "lifecycle stage; both are in the export.",
        "Ohne Vorhersagen lässt sich niemand herausheben. Bekannt sind von allen die RFM-Gruppe und die "
        "Lebensphase; beide stehen im Export.",
    ),
    "segments.half_scored": (
        "A segment takes both churn risk and lifetime value, and the history is not enough for one of them. "
        "The other one is in the export, for every customer, and so is the RFM group.",
        "Ein Segment braucht Abwanderungsrisiko und Kundenwert, und für eines davon reicht die Historie "
        "nicht. Das andere steht für jede Person im Export, ebenso die RFM-Gruppe.",
    ),
    "segments.share": (
        "Share of customers by segment",
        "Anteil der Segmente",
    ),
    "segments.customers": (
        "customers",
        "Personen",
    ),
    "segments.churn": (
        "average churn risk",
        "Abwanderungsrisiko im Mittel",
    ),
    "segments.spend": (
        "expected spend, {days:day/days}",
        "erwarteter Umsatz, {days:Tag/Tage}",
    ),
    "segments.clv": (
        "lifetime value, {days:day/days}",
        "Kundenwert, {days:Tag/Tage}",
    ),
    "rfm.caption": (
        "RFM groups: by the time since the last order, and by how often and how much was bought",
        "RFM-Gruppen: nach der Zeit seit der letzten Bestellung, nach Häufigkeit und Umsatz",
    ),
    "rfm.group": (
        "Group",
        "Gruppe",
    ),
    "rfm.customers": (
        "Customers",
        "Personen",
    ),
    "rfm.spend_total": (
        "Spent so far",
        "Umsatz bisher",
    ),
    "rfm.clv": (
        "Lifetime value, {days:day/days}",
        "Kundenwert, {days:Tag/Tage}",
    ),
    "stages.title": (
        "Where customers stand",
        "Wo die Kundschaft steht",
    ),
    "stages.caption": (
        "Lifecycle stage: time since the last order, measured against each customer's own rhythm",
        "Lebensphase: Zeit seit der letzten Bestellung, gemessen am eigenen Rhythmus",
    ),
    "fewer_than": (
        "under 10",
        "unter 10",
    ),
    # Value at risk
    "risk.title": (
        "Value at risk",
        "Wert in Gefahr",
    ),
    "risk.intro": (
        "Customers and their lifetime value by churn risk and value tier. The upper left corner is where "
        "retention work pays first.",
        "Personen und ihr Kundenwert nach Abwanderungsrisiko und Wertstufe. Links oben lohnt sich "
        "Kundenbindung zuerst.",
    ),
    "risk.share": (
        "{share} of all expected lifetime value, {value}, is with customers of medium or high risk.",
        "{share} des erwarteten Kundenwerts, {value}, liegen bei Personen mit mittlerem oder hohem Risiko.",
    ),
    "risk.caption": (
        "Customers and lifetime value over {days:day/days}",
        "Personen und Kundenwert über {days:Tag/Tage}",
    ),
    "risk.rows": (
        "Risk",
        "Risiko",
    ),
    "risk.value": (
        "value: {tier}",
        "Wert: {tier}",
    ),
    # Cohorts
    "cohorts.title": (
        "Do customers come back?",
        "Kommen sie wieder?",
    ),
    "cohorts.intro": (
        "Each row is everyone who first ordered in that month, each column the share of them who ordered "
        "again so many months later. Read down a column: if younger rows are stronger in colour, retention "
        "is improving.",
        "Jede Zeile sind alle mit Erstbestellung in diesem Monat, jede Spalte der Anteil davon, der so "
        "viele Monate später wieder bestellte. Spaltenweise lesen: Sind jüngere Zeilen kräftiger gefärbt, "
        "wird die Bindung besser.",
    ),
    "cohorts.caption": (
        "Share of each month's new customers who order in a later month, in per cent",
        "Anteil der Neuen eines Monats, die in einem späteren Monat bestellen, in Prozent",
    ),
    "cohorts.cohort": (
        "First order",
        "Erstbestellung",
    ),
    "cohorts.size": (
        "Customers",
        "Personen",
    ),
    "cohorts.none": (
        "No month brought 10 new customers or more of whom a later month is known.",
        "Kein Monat brachte 10 oder mehr Neue, von denen ein späterer Monat bekannt ist.",
    ),
    "cohorts.months": (
        "months later",
        "Monate später",
    ),
}
