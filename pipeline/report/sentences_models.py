"""The sentences about the models, the data and the method, English and German side by side."""

from __future__ import annotations

# {placeholders} are filled with numbers and dates that are already formatted.
SENTENCES: dict[str, tuple[str, str]] = {
    # Model quality
    "quality.title": (
        "How good are the predictions?",
        "Wie gut sind die Vorhersagen?",
    ),
    "quality.intro": (
        "Tested on a period the models had never seen: predictions made with what was known before "
        "{start}, compared with the orders from {start} to {end}. Square brackets hold 95% intervals.",
        "Geprüft an einem Zeitraum, den die Modelle nie gesehen hatten: Vorhersagen mit dem Wissen vor "
        "dem {start}, verglichen mit den Bestellungen vom {start} bis {end}. In eckigen Klammern stehen "
        "95-%-Intervalle.",
    ),
    "quality.churn": (
        "Who will leave",
        "Wer abwandert",
    ),
    "quality.value": (
        "How much they will spend",
        "Wie viel sie ausgeben",
    ),
    "quality.churn.n": (
        "{n:customer/customers}, of whom {base_rate} did not order.",
        "{n:Person/Personen}, von denen {base_rate} nicht bestellten.",
    ),
    "quality.value.n": (
        "{n:customer/customers} spent {actual}; the model had expected {predicted}, the simple rule {rule}.",
        "{n:Person gab/Personen gaben} {actual} aus; erwartet hatte das Modell {predicted}, die einfache "
        "Regel {rule}.",
    ),
    "quality.active": (
        "Among the {n} who had ordered recently, the hard cases, the ranking score is {auc} (rule: {rule}).",
        "Unter den {n}, die vor Kurzem bestellt hatten, den schwierigen Fällen, liegt die Trennschärfe bei "
        "{auc} (Regel: {rule}).",
    ),
    "quality.grade": (
        "Grade",
        "Note",
    ),
    "quality.no_grade": (
        "no grade",
        "keine Note",
    ),
    "quality.metric": (
        "Measure",
        "Maß",
    ),
    "quality.model": (
        "Model",
        "Modell",
    ),
    "quality.rule": (
        "Simple rule",
        "Einfache Regel",
    ),
    "quality.difference": (
        "Difference",
        "Unterschied",
    ),
    "quality.caption": (
        "On the last test period, next to the simple rule that is hardest to beat: {rule}",
        "Im letzten Prüfzeitraum, neben der einfachen Regel, die am schwersten zu schlagen ist: {rule}",
    ),
    "better": (
        "better",
        "besser",
    ),
    "worse": (
        "worse",
        "schlechter",
    ),
    "unclear": (
        "no clear difference",
        "kein klarer Unterschied",
    ),
    "grade.churn_a": (
        "Clearly better than every simple rule, in the size of the risk and in the ranking.",
        "Klar besser als jede einfache Regel, in der Höhe des Risikos und in der Rangfolge.",
    ),
    "grade.churn_b": (
        "Better than simple rules in one respect, level in the other.",
        "In einer Hinsicht besser als einfache Regeln, in der anderen gleichauf.",
    ),
    "grade.churn_c": (
        "No better than a simple rule: use the rule, it is easier to explain.",
        "Nicht besser als eine einfache Regel: Dann lieber die Regel, sie ist leichter zu erklären.",
    ),
    "grade.churn_d": (
        "A simple rule is better. Do not act on this model.",
        "Eine einfache Regel ist besser. Dieses Modell nicht verwenden.",
    ),
    "grade.churn_none": (
        "No grade: everyone in the test period did the same.",
        "Keine Note: Im Prüfzeitraum verhielten sich alle gleich.",
    ),
    "grade.value_a": (
        "Clearly better than every simple rule, per customer and in the ranking.",
        "Klar besser als jede einfache Regel, pro Person und in der Rangfolge.",
    ),
    "grade.value_b": (
        "Better than simple rules in one respect, level in the other.",
        "In einer Hinsicht besser als einfache Regeln, in der anderen gleichauf.",
    ),
    "grade.value_c": (
        "No better than a simple rule.",
        "Nicht besser als eine einfache Regel.",
    ),
    "grade.value_d": (
        "A simple rule is better. Do not plan with these amounts.",
        "Eine einfache Regel ist besser. Mit diesen Beträgen nicht planen.",
    ),
    "grade.value_bias": (
        "Over all tests, the total is off by {bias}: trust the ranking, not the amounts.",
        "Über alle Prüfungen liegt die Summe um {bias} daneben: der Rangfolge trauen, nicht den Beträgen.",
    ),
    "grade.value_none": (
        "No grade: nobody spent anything in the test period.",
        "Keine Note: Im Prüfzeitraum hat niemand etwas ausgegeben.",
    ),
    # Charts of the evaluation
    "gains.title": (
        "What a campaign would reach",
        "Was eine Kampagne erreicht",
    ),
    "gains.caption": (
        "Contact customers from the highest risk down: contacting {customers} of them reaches {churners} "
        "of those who leave. The dashed line is contacting at random.",
        "Ansprache vom höchsten Risiko abwärts: Wer {customers} anspricht, erreicht {churners} der "
        "Abwandernden. Gestrichelt: Ansprache nach Zufall.",
    ),
    "gains.x": (
        "customers contacted",
        "angesprochen",
    ),
    "gains.y": (
        "leavers reached",
        "Abwandernde erreicht",
    ),
    "calibration.title": (
        "Are the percentages true?",
        "Stimmen die Prozente?",
    ),
    "calibration.caption": (
        "Each dot is a tenth of the customers. On the dashed line, of those given a risk of 70%, 70% did "
        "leave. Above it the model is too hopeful, below it too gloomy.",
        "Jeder Punkt ist ein Zehntel der Personen. Auf der gestrichelten Linie gilt: Von denen mit 70 % "
        "Risiko gingen 70 %. Darüber ist das Modell zu zuversichtlich, darunter zu düster.",
    ),
    "calibration.x": (
        "predicted risk",
        "vorhergesagtes Risiko",
    ),
    "calibration.y": (
        "did leave",
        "tatsächlich weg",
    ),
    "roc.title": (
        "Can it tell leavers from stayers?",
        "Trennt es Gehende von Bleibenden?",
    ),
    "roc.caption": (
        "The further the line bows to the upper left, the better; the dashed line is tossing a coin.",
        "Je weiter sich die Linie nach links oben wölbt, desto besser; gestrichelt ist der Münzwurf.",
    ),
    "roc.x": (
        "stayers flagged",
        "Bleibende markiert",
    ),
    "roc.y": (
        "leavers flagged",
        "Gehende markiert",
    ),
    # Drivers
    "drivers.title": (
        "What tells who will leave",
        "Woran man Abwanderung erkennt",
    ),
    "drivers.caption": (
        "How much worse the predictions get without this information. The longest bar matters most; it "
        "does not mean that changing it would keep anyone.",
        "Wie viel schlechter die Vorhersagen ohne diese Angabe werden. Der längste Balken zählt am "
        "meisten; das heißt nicht, dass man jemanden hält, indem man ihn verändert.",
    ),
    "drivers.feature": (
        "Information",
        "Angabe",
    ),
    "drivers.weight": (
        "Weight",
        "Gewicht",
    ),
    # Data
    "data.title": (
        "The data behind it",
        "Die Daten dahinter",
    ),
    "data.caption": (
        "What was read and what became of it",
        "Was gelesen wurde und was daraus wurde",
    ),
    "data.what": (
        "What",
        "Was",
    ),
    "data.reason": (
        "Quarantine: {rule}",
        "Quarantäne: {rule}",
    ),
    "data.count": (
        "Number",
        "Anzahl",
    ),
    # Method
    "method.title": (
        "How it is done",
        "Wie es gemacht ist",
    ),
    "method.churned": (
        "A customer counts as churned who places no order within {days:day/days}. There is no "
        "cancellation in a shop: silence for that long is the definition, nothing more.",
        "Als abgewandert gilt, wer {days:Tag/Tage} lang nicht bestellt. Im Handel kündigt niemand: Schweigen "
        "von dieser Dauer ist die Definition, mehr nicht.",
    ),
    "method.cutoff": (
        "Scores rest on orders before {as_of} only. For the test, the same was done as of {start}: what "
        "followed had no part in the model, only in its grade.",
        "Die Werte beruhen nur auf Bestellungen vor dem {as_of}. Für die Prüfung geschah dasselbe zum "
        "Stichtag {start}: Was folgte, ging nicht in das Modell ein, nur in seine Note.",
    ),
    "method.orders": (
        "Expected orders and amounts come from a buy-till-you-die model and the Gamma-Gamma spend model "
        "(Fader, Hardie and Lee).",
        "Erwartete Bestellungen und Beträge stammen aus einem Buy-till-you-die-Modell und dem "
        "Gamma-Gamma-Modell (Fader, Hardie und Lee).",
    ),
    "method.churn": (
        "The churn probability comes from a blend of classifiers.",
        "Die Abwanderungswahrscheinlichkeit stammt aus einer Mischung von Klassifikatoren.",
    ),
    "method.both": (
        "It takes these expectations in; the spend comes from a blend of them with learned models. The "
        "lifetime value is that spend and, after it, the first model's, raised or lowered in the same "
        "proportion for each customer.",
        "Sie verwendet diese Erwartungen mit; der Umsatz stammt aus einer Mischung von ihnen mit gelernten "
        "Modellen. Der Kundenwert ist dieser Umsatz und für die Zeit danach der des ersten Modells, bei "
        "jeder Person im selben Verhältnis erhöht oder gesenkt.",
    ),
    "method.margin": (
        "The lifetime value counts the margin alone, {share} of the spend, and is therefore not to be "
        "compared with the expected spend as it stands.",
        "Der Kundenwert zählt allein die Marge, {share} des Umsatzes, und ist darum nicht unmittelbar mit "
        "dem erwarteten Umsatz zu vergleichen.",
    ),
    "spend.independent": (
        "How much customers spend per order hardly depends on how often they order (rank correlation "
        "{correlation}), as the model of spend assumes.",
        "Wie viel pro Bestellung ausgegeben wird, hängt kaum davon ab, wie oft bestellt wird "
        "(Rangkorrelation {correlation}); das setzt das Ausgabenmodell voraus.",
    ),
    "spend.dependent": (
        "How much customers spend per order depends on how often they order (rank correlation "
        "{correlation}), though not steadily enough to be corrected for: take the amounts of single "
        "customers with caution.",
        "Wie viel pro Bestellung ausgegeben wird, hängt davon ab, wie oft bestellt wird (Rangkorrelation "
        "{correlation}), aber nicht gleichmäßig genug, um es zu berichtigen: Beträge einzelner Personen mit "
        "Vorsicht lesen.",
    ),
    "spend.conditional": (
        "How much customers spend per order depends on how often they order (rank correlation "
        "{correlation}). The amounts allow for that, which changes the total lifetime value by "
        "{clv_total_change} and replaces {top_tenth_replaced} of the most valuable tenth.",
        "Wie viel pro Bestellung ausgegeben wird, hängt davon ab, wie oft bestellt wird (Rangkorrelation "
        "{correlation}). Die Beträge berücksichtigen das; der gesamte Kundenwert ändert sich dadurch um "
        "{clv_total_change}, und vom wertvollsten Zehntel werden {top_tenth_replaced} ausgetauscht.",
    ),
    "choice.given": (
        "Orders are predicted by the {model} model: the parameters say so.",
        "Bestellungen sagt das Modell {model} voraus: So steht es in den Parametern.",
    ),
    "choice.too_few_windows": (
        "Orders are predicted by the {model} model: the default, since too few past periods are known to"
        " choose by.",
        "Bestellungen sagt das Modell {model} voraus: die Vorgabe, denn für eine Auswahl sind zu wenige "
        "vergangene Zeiträume bekannt.",
    ),
    "choice.regular_gaps": (
        "Orders are predicted by the {model} model: too few past periods are known to choose by, but "
        "customers order at regular intervals.",
        "Bestellungen sagt das Modell {model} voraus: Für eine Auswahl sind zu wenige vergangene Zeiträume "
        "bekannt, aber bestellt wird in regelmäßigen Abständen.",
    ),
    "choice.all_failed": (
        "Orders are predicted by the {model} model: the default, as no model fitted all past periods.",
        "Bestellungen sagt das Modell {model} voraus: die Vorgabe, da keines zu allen Zeiträumen passte.",
    ),
    "choice.best": (
        "Orders are predicted by the {model} model: in {windows:past period/past periods} it did best, and "
        "nothing simpler came near.",
        "Bestellungen sagt das Modell {model} voraus: In "
        "{windows:vergangenen Zeitraum/vergangenen Zeiträumen} war es das beste, und nichts Einfacheres kam "
        "ihm nahe.",
    ),
    "choice.within_one_standard_error": (
        "Orders are predicted by the {model} model: in {windows:past period/past periods} a simple one that "
        "was as good as the best, {best}, but for chance.",
        "Bestellungen sagt das Modell {model} voraus: In "
        "{windows:vergangenen Zeitraum/vergangenen Zeiträumen} war es ein einfaches, das "
        "dem besten, {best}, bis auf Zufall gleichkam.",
    ),
    "choice.season.off": (
        "No season is allowed for: none is known, or none would have helped.",
        "Eine Saison ist nicht berücksichtigt: Es ist keine bekannt, oder keine hätte geholfen.",
    ),
    "choice.season.exposure": (
        "Its clock runs faster in the times of the year in which people order more.",
        "Seine Uhr läuft in den Zeiten des Jahres schneller, in denen mehr bestellt wird.",
    ),
    "choice.season.half_exposure": (
        "Its clock runs faster in the times of the year in which people order more, by half of what the "
        "log suggests: it is too short to confirm a season.",
        "Seine Uhr läuft in den Zeiten des Jahres schneller, in denen mehr bestellt wird, um die Hälfte "
        "dessen, was die Bestellungen nahelegen: Für eine Bestätigung reichen sie nicht weit genug zurück.",
    ),
    "choice.season.anchor": (
        "Half of what it missed in the same period a year earlier is corrected.",
        "Was es im gleichen Zeitraum des Vorjahres verfehlte, ist zur Hälfte korrigiert.",
    ),
    "method.forbidden": (
        "Not to be used for",
        "Nicht erlaubt",
    ),
    "method.forbidden.price": (
        "Setting prices, credit, payment methods or service for a person automatically.",
        "Preise, Kredit, Zahlungsarten oder Service für eine Person automatisch festlegen.",
    ),
    "method.forbidden.objection": (
        "Contacting anyone who has objected to advertising or not agreed to it.",
        "Menschen ansprechen, die der Werbung widersprochen oder ihr nicht zugestimmt haben.",
    ),
    "method.forbidden.staff": (
        "Judging employees or shops by the churn of their customers.",
        "Beschäftigte oder Filialen nach der Abwanderung ihrer Kundschaft beurteilen.",
    ),
    "method.parameters": (
        "Parameters of the lifetime-value models",
        "Parameter der Kundenwertmodelle",
    ),
    "method.parameters.caption": (
        "Fitted values at each cutoff; leaps from row to row are a reason to look closer",
        "Geschätzte Werte je Stichtag; Sprünge von Zeile zu Zeile sind ein Grund, genauer hinzusehen",
    ),
    "method.cutoff.head": (
        "Cutoff",
        "Stichtag",
    ),
    "run": (
        "Run {run_id}",
        "Lauf {run_id}",
    ),
    "pseudonyms": (
        "This page holds sums and means only, no single customer.",
        "Diese Seite enthält nur Summen und Mittelwerte, keine einzelne Person.",
    ),
}
