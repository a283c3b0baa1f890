"""The sentences about drift and about past score runs, in English and German."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "monitor.stopped": (
        "Nothing was exported: the CRM keeps the segments of the last export until somebody has looked into "
        "what follows.",
        "Es wurde nichts exportiert: Das CRM behält die Segmente des letzten Exports, bis geklärt ist, was "
        "hier folgt.",
    ),
    "monitor.features": (
        "The customers have changed since the models learned, more than they used to: {features}. Read the "
        "scores with care, and have the data checked.",
        "Seit die Modelle gelernt haben, hat sich die Kundschaft stärker verändert als sonst: {features}. "
        "Die Vorhersagen mit Vorsicht lesen und die Daten prüfen lassen.",
    ),
    "monitor.more": ("{n} more", "{n:weiteres/weitere}"),
    "monitor.score": (
        "The churn risks are spread differently than on the days the model learned from (PSI {psi}). Read "
        "them with care.",
        "Die Abwanderungsrisiken sind anders verteilt als an den Tagen, aus denen das Modell gelernt hat "
        "(PSI {psi}). Mit Vorsicht lesen.",
    ),
    "monitor.churn_rate": (
        "The predictions as of {day} were off: {predicted} were expected to stay away, {realised} did.",
        "Die Vorhersage vom {day} lag daneben: {predicted} sollten wegbleiben, {realised} sind weggeblieben.",
    ),
    "monitor.log_loss": (
        "The churn risks of {day} were worse than in any test (log loss {found}, at worst {worst} before).",
        "Die Abwanderungsrisiken vom {day} waren schlechter als in jeder Prüfung (Log Loss {found}, zuvor "
        "höchstens {worst}).",
    ),
    "monitor.spend": (
        "The spend predicted as of {day} differs by {bias} from what was spent.",
        "Der am {day} vorhergesagte Umsatz weicht um {bias} von dem ab, was ausgegeben wurde.",
    ),
    "reality.title": ("What became of earlier predictions", "Was aus früheren Vorhersagen wurde"),
    "reality.none": (
        "{days:day/days} after each score run, what it said is held here against what happened. No run "
        "is that old yet.",
        "{days:Tag/Tage} nach jeder Bewertung wird hier verglichen, was sie sagte und was geschah. So alt "
        "ist noch keine.",
    ),
    "reality.caption": (
        "Score runs whose horizon has passed, the last due one of each month; below each measure its 95% "
        "interval and what the tests of that day had promised",
        "Bewertungen, deren Zeitraum vorbei ist, die letzte fällige jedes Monats; unter jedem Maß sein "
        "95-%-Intervall und was die Prüfungen jenes Tages versprochen hatten",
    ),
    "reality.day": ("Scored as of", "Bewertet am"),
    "reality.customers": ("Customers", "Personen"),
    "reality.vanished": ("{n} no longer in the data", "{n} nicht mehr in den Daten"),
    "reality.predicted": ("Churn, predicted", "Abwanderung, vorhergesagt"),
    "reality.realised": ("Churn, realised", "Abwanderung, eingetreten"),
    "reality.promised": ("promised {value}", "versprochen {value}"),
    "reality.coverage": ("Spend within P10 to P90", "Umsatz innerhalb P10 bis P90"),
}
