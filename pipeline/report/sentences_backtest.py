"""The sentences about the backtest, the simple rules and what to be careful with, in English and German."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "backtest.caption": (
        "Tested as of earlier days, each time with what was known then; beside it the rule “{rule}”",
        "Geprüft zu früheren Tagen, jeweils mit dem damaligen Wissen; daneben die Regel „{rule}“",
    ),
    "backtest.origin": ("Predicted as of", "Vorhergesagt am"),
    "backtest.customers": ("Customers", "Personen"),
    "backtest.model": ("{metric}, model", "{metric}, Modell"),
    "backtest.rule": ("{metric}, rule", "{metric}, Regel"),
    "backtest.pooled": ("On average", "Im Mittel"),
    "rules.caption": (
        "Is it worth the effort? The model next to simple rules, on average over all tests",
        "Lohnt der Aufwand? Das Modell neben einfachen Regeln, im Mittel aller Prüfungen",
    ),
    "rules.rule": ("Simple rule", "Einfache Regel"),
    "rules.better": ("the model is better", "das Modell ist besser"),
    "rules.worse": ("the rule is better", "die Regel ist besser"),
    "rules.unclear": ("no clear difference", "kein klarer Unterschied"),
    "calibrators.caption": (
        "Would a last correction of the percentages help? Each learned from earlier tests and judged on the "
        "next; used only where it helped every time and clearly",
        "Würde eine letzte Korrektur der Prozente helfen? Jede aus früheren Prüfungen gelernt und an der "
        "nächsten gemessen; verwendet nur, wo sie jedes Mal und klar half",
    ),
    "calibrators.name": ("Calibration", "Kalibrierung"),
    "calibrators.error": ("Error (log loss)", "Fehler (Log Loss)"),
    "calibrators.gain": ("Gain over none", "Gewinn gegenüber keiner"),
    "calibrators.used": ("used", "verwendet"),
    "calibrators.unused": ("not used", "nicht verwendet"),
    "fairness.title": ("Is the risk right for everybody?", "Stimmt das Risiko für alle?"),
    "fairness.caption": (
        "Age, income or household are among what the model sees. What it said of each group in the tests, "
        "and what then happened",
        "Alter, Einkommen oder Haushalt gehören zu dem, was das Modell sieht. Was es in den Prüfungen über "
        "jede Gruppe sagte, und was dann geschah",
    ),
    "fairness.group": ("Group", "Gruppe"),
    "fairness.churn_rate": ("Did not order", "Nicht bestellt"),
    "fairness.mean_probability": ("Predicted risk", "Vorhergesagtes Risiko"),
    "fairness.gap": ("Predicted too high by", "Zu hoch vorhergesagt um"),
    "fairness.high_risk_share": ("Called high risk", "Als hohes Risiko geführt"),
    "fairness.log_loss": ("Error (log loss)", "Fehler (Log Loss)"),
    "fairness.roc_auc": ("Ranking (AUC)", "Trennschärfe (AUC)"),
    "quality.lift_cap": (
        "With so many leaving, no model could find more than {cap} times the average in its top tenth.",
        "Bei so vielen Abwandernden kann kein Modell im obersten Zehntel mehr als das {cap}-Fache des "
        "Durchschnitts finden.",
    ),
    "quality.spread": (
        "P10 to P90 held {share} of them (80% would be right); the whole distribution missed by {crps} "
        "(CRPS).",
        "P10 bis P90 enthielten {share} von ihnen (80 % wären richtig); die Verteilung lag um {crps} daneben "
        "(CRPS).",
    ),
    "quality.spread.narrow": (
        "The ranges were too narrow for these tenths of the customers by expected spend: {tenths}.",
        "Zu eng waren die Spannen für diese Zehntel der Personen nach erwartetem Umsatz: {tenths}.",
    ),
    "quality.spread.wide": (
        "They were too wide for these tenths: {tenths}.",
        "Zu weit waren sie für diese Zehntel: {tenths}.",
    ),
    "value_calibration.title": (
        "Are the amounts true?",
        "Stimmen die Beträge?",
    ),
    "value_calibration.caption": (
        "Each dot is a tenth of the customers, by expected spend. On the dashed line they spent on "
        "average what was expected.",
        "Jeder Punkt ist ein Zehntel der Personen, nach erwartetem Umsatz. Auf der gestrichelten Linie "
        "gaben sie im Mittel aus, was erwartet wurde.",
    ),
    "value_calibration.x": (
        "expected per customer",
        "erwartet pro Person",
    ),
    "value_calibration.y": (
        "actual",
        "tatsächlich",
    ),
    "spend_coverage.title": (
        "Do the ranges of the spend hold?",
        "Halten die Spannen des Umsatzes?",
    ),
    "spend_coverage.caption": (
        "Share of the customers whose spend lay between P10 and P90, by tenth of expected spend, those who "
        "spend least first; dashed what should be, shaded the uncertainty.",
        "Anteil der Personen, deren Umsatz zwischen P10 und P90 lag, nach Zehnteln des erwarteten Umsatzes, "
        "die kleinsten zuerst; gestrichelt der Sollwert, getönt die Unsicherheit.",
    ),
    "spend_coverage.x": (
        "tenth of customers",
        "Zehntel der Personen",
    ),
    "spend_coverage.y": (
        "share inside",
        "Anteil innerhalb",
    ),
    "off.title": ("Where to be careful", "Wo Vorsicht geboten ist"),
    "off.churn": (
        "{group}: a risk of {predicted} was predicted, {actual} did not order ({n:customer/customers}).",
        "{group}: vorhergesagt war ein Risiko von {predicted}, nicht bestellt haben {actual} "
        "({n:Person/Personen}).",
    ),
    "off.value": (
        "{group}: {predicted} per customer were expected, {actual} were spent ({n:customer/customers}).",
        "{group}: erwartet waren {predicted} pro Person, ausgegeben wurden {actual} ({n:Person/Personen}).",
    ),
    "alarm.feature_tells_all": (
        "“{feature}” alone tells almost perfectly who leaves. Have it checked whether it was really known on "
        "the day of the prediction; until then do not trust the grades.",
        "„{feature}“ allein verrät fast vollkommen, wer geht. Prüfen lassen, ob die Angabe am Tag der "
        "Vorhersage wirklich bekannt war; bis dahin den Noten nicht trauen.",
    ),
    "alarm.missing_tells": (
        "Whether “{feature}” is missing tells who leaves. Perhaps it is only filled in later: have it "
        "checked.",
        "Ob „{feature}“ fehlt, verrät, wer geht. Vielleicht wird die Angabe erst später eingetragen: prüfen "
        "lassen.",
    ),
    "alarm.shuffled_labels": (
        "A model that was taught shuffled outcomes still predicts them: the outcome itself is among what it "
        "is shown. Do not trust the grades.",
        "Ein Modell, dem vertauschte Ergebnisse beigebracht wurden, sagt sie trotzdem voraus: Das Ergebnis "
        "selbst steckt in den Eingaben. Den Noten nicht trauen.",
    ),
}
