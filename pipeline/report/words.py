"""What segments, actions, bands, measures and features are called, English and German side by side."""

from __future__ import annotations

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "segment": {
        "vip_wavering": ("Wavering VIPs", "Schwankende VIPs"),
        "slipping": ("Slipping away", "Entgleitende"),
        "sleeping_valuable": ("Valuable sleepers", "Wertvolle Schläfer"),
        "newcomer_promising": ("Promising newcomers", "Vielversprechende Neue"),
        "newcomer": ("Newcomers", "Neue"),
        "drifting": ("Drifting", "Nachlassende"),
        "vip_secure": ("Secure VIPs", "Sichere VIPs"),
        "regular": ("Regulars", "Stammkundschaft"),
        "dormant": ("Dormant", "Ruhende"),
        "lost": ("Lost", "Verlorene"),
        "not_scored": ("Not scored", "Ohne Bewertung"),
        "other": ("Small groups together", "Kleine Gruppen zusammen"),
    },
    "meaning": {
        "vip_wavering": (
            "Among the most valuable, still around, but the next order is not certain.",
            "Unter den Wertvollsten, noch da, aber die nächste Bestellung ist nicht sicher.",
        ),
        "slipping": (
            "Solid repeat customers who are late or likely to stay away.",
            "Gute Wiederkäufer, die überfällig sind oder wahrscheinlich wegbleiben.",
        ),
        "sleeping_valuable": (
            "Silent for long, but not without value: those worth one more try.",
            "Lange still, aber nicht ohne Wert: die, bei denen sich ein Versuch noch lohnt.",
        ),
        "newcomer_promising": (
            "One order so far, with good value ahead; the second is not certain.",
            "Bisher eine Bestellung, mit gutem Wert vor sich; die zweite ist nicht sicher.",
        ),
        "newcomer": (
            "One recent order; either the second comes by itself or there is little to gain.",
            "Eine Bestellung vor Kurzem; die zweite kommt von selbst, oder es ist wenig zu gewinnen.",
        ),
        "drifting": (
            "Ordering less surely than before; the value at stake does not carry an offer.",
            "Bestellen weniger sicher als früher; der Wert trägt kein Angebot.",
        ),
        "vip_secure": (
            "Among the most valuable, and likely to order again.",
            "Unter den Wertvollsten, bestellen wahrscheinlich wieder.",
        ),
        "regular": (
            "Likely to order again without any help.",
            "Bestellen wahrscheinlich wieder, ganz ohne Zutun.",
        ),
        "dormant": (
            "Silent for long, with little value to win back.",
            "Lange still, mit wenig Wert zum Zurückholen.",
        ),
        "lost": (
            "Silent for so long that hardly anyone returns.",
            "So lange still, dass kaum noch jemand zurückkommt.",
        ),
        "not_scored": (
            "Too little is known, or the person must not be scored.",
            "Zu wenig bekannt, oder die Person darf nicht bewertet werden.",
        ),
        "other": (
            "Segments too small to show on their own.",
            "Segmente, die zu klein sind, um sie einzeln zu zeigen.",
        ),
    },
    "action": {
        "retain_vip": ("Care personally", "Persönlich pflegen"),
        "win_back": ("Win back", "Zurückgewinnen"),
        "second_order_nudge": ("Nudge to a second order", "Zur zweiten Bestellung anstoßen"),
        "nurture": ("Stay in touch", "In Kontakt bleiben"),
        "no_contact_needed": ("Leave alone", "In Ruhe lassen"),
        "let_go": ("Let go", "Ziehen lassen"),
        "no_recommendation": ("No recommendation", "Keine Empfehlung"),
        "": ("Various", "Verschiedenes"),
    },
    "advice": {
        "retain_vip": (
            "Personal contact, early access, a gesture of service; no blanket discount.",
            "Persönlicher Kontakt, Vorabzugang, eine Geste im Service; kein Rabatt für alle.",
        ),
        "win_back": (
            "An offer with a reason to come back now, tested against a group that gets none.",
            "Ein Angebot mit einem Grund, jetzt zurückzukommen; geprüft an einer Gruppe ohne Angebot.",
        ),
        "second_order_nudge": (
            "Follow up on the first order: advice, what goes with it, a small voucher.",
            "An die erste Bestellung anknüpfen: Rat, Passendes dazu, ein kleiner Gutschein.",
        ),
        "nurture": (
            "The regular newsletter, no discount.",
            "Der gewöhnliche Newsletter, kein Rabatt.",
        ),
        "no_contact_needed": (
            "They will likely buy anyway: no discount, no extra contact.",
            "Sie kaufen wohl ohnehin: kein Rabatt, keine zusätzliche Ansprache.",
        ),
        "let_go": (
            "No budget; the door stays open.",
            "Kein Budget; die Tür bleibt offen.",
        ),
        "no_recommendation": (
            "The model says nothing about them.",
            "Dazu sagt das Modell nichts.",
        ),
        "": ("See the fields in the CRM.", "Siehe die Felder im CRM."),
    },
    "stage": {
        "new": ("New: one recent order", "Neu: eine Bestellung vor Kurzem"),
        "active": ("Active: in their rhythm", "Aktiv: im eigenen Rhythmus"),
        "at_risk": ("At risk: late or likely to stay away", "Gefährdet: überfällig oder unsicher"),
        "dormant": ("Dormant: silent for long", "Ruhend: lange still"),
        "lost": ("Lost: silent for very long", "Verloren: sehr lange still"),
        "unknown": ("Unknown", "Unbekannt"),
    },
    "band": {
        "high": ("high", "hoch"),
        "medium": ("medium", "mittel"),
        "low": ("low", "niedrig"),
        "unknown": ("unknown", "unbekannt"),
    },
    "metric": {
        "roc_auc": ("Ranking (ROC-AUC)", "Trennschärfe (ROC-AUC)"),
        "pr_auc": ("Precision over recall (PR-AUC)", "Genauigkeit über Trefferquote (PR-AUC)"),
        "log_loss": ("Error of the probabilities (log loss)", "Fehler der Wahrscheinlichkeiten (Log Loss)"),
        "brier": ("Mean squared error (Brier)", "Mittlerer quadratischer Fehler (Brier)"),
        "calibration_slope": ("Calibration slope", "Kalibrierung, Steigung"),
        "calibration_intercept": ("Calibration intercept", "Kalibrierung, Achsenabschnitt"),
        "top_decile_lift": (
            "Churners in the top tenth, times the average",
            "Treffer im obersten Zehntel, mal Durchschnitt",
        ),
        "total_bias": ("Total, predicted against actual", "Summe, erwartet gegen tatsächlich"),
        "mae": ("Mean error per customer", "Mittlerer Fehler pro Person"),
        "spearman": ("Rank agreement (Spearman)", "Übereinstimmung der Ränge (Spearman)"),
        "normalised_gini": ("Ranking by value (Gini)", "Rangfolge nach Wert (Gini)"),
    },
    "aim": {
        "higher": ("higher is better", "höher ist besser"),
        "lower": ("lower is better", "niedriger ist besser"),
        "one": ("ideally 1", "ideal 1"),
        "zero": ("ideally 0", "ideal 0"),
    },
    "feature": {
        "recency": ("Time since the last order", "Zeit seit der letzten Bestellung"),
        "rhythm": ("Own rhythm: gaps between orders", "Eigener Rhythmus: Abstände der Bestellungen"),
        "frequency": ("How often they order", "Wie oft bestellt wird"),
        "money": ("How much they spend", "Wie viel ausgegeben wird"),
        "tenure": ("How long they have been customers", "Wie lange die Kundenbeziehung besteht"),
        "calendar": ("On which weekdays and in which months", "An welchen Wochentagen, in welchen Monaten"),
        "season": ("The season ahead, a year ago", "Die kommende Saison im Jahr davor"),
        "basket": ("Basket size", "Korbgröße"),
        "first_order": ("How it began: the first order", "Wie es begann: die erste Bestellung"),
        "returns": ("Returns", "Retouren"),
        "lifetime_model": ("What the lifetime-value model expects", "Was das Kundenwertmodell erwartet"),
    },
    "rows": {
        "rows_read": ("Rows read", "Zeilen gelesen"),
        "accepted_rows": ("Accepted", "Übernommen"),
        "quarantined": (
            "In quarantine, with file, line and reason",
            "In Quarantäne, mit Datei, Zeile und Grund",
        ),
        "after_as_of": (
            "Set aside: later than the day of the scores",
            "Zurückgestellt: später als der Stichtag",
        ),
        "left_out": (
            "Left out: cancelled, test accounts, duplicates",
            "Ausgelassen: storniert, Testkonten, Dubletten",
        ),
        "orders": ("Orders", "Bestellungen"),
        "returns": ("Returns, not counted as orders", "Retouren, nicht als Bestellung gezählt"),
        "merged_lines": ("Lines merged into their orders", "Positionen, zu Bestellungen zusammengefasst"),
        "zero_amount_orders": ("Orders without an amount", "Bestellungen ohne Betrag"),
        "customers": ("Customers", "Kundinnen und Kunden"),
    },
    "model": {
        "nbd": ("NBD", "NBD"),
        "bgnbd": ("BG/NBD", "BG/NBD"),
        "mbgnbd": ("MBG/NBD", "MBG/NBD"),
        "mbgcnbd": ("MBG/CNBD-k", "MBG/CNBD-k"),
        "paretonbd": ("Pareto/NBD", "Pareto/NBD"),
    },
    "rule": {
        "too_few_columns": ("too few columns", "zu wenige Spalten"),
        "too_many_columns": ("too many columns", "zu viele Spalten"),
        "undecodable": ("unreadable characters", "unlesbare Zeichen"),
        "unreadable_date": ("unreadable date", "unlesbares Datum"),
        "date_too_old": ("date before 1970", "Datum vor 1970"),
        "future_date": ("date in the future", "Datum in der Zukunft"),
        "missing_customer_id": ("no customer number", "keine Kundennummer"),
        "not_finite_amount": ("no finite amount", "kein endlicher Betrag"),
        "unreadable_amount": ("unreadable amount", "unlesbarer Betrag"),
        "amount_out_of_range": ("amount out of range", "Betrag außerhalb des Möglichen"),
        "missing_currency": ("no currency", "keine Währung"),
        "missing_exchange_rate": ("no exchange rate", "kein Wechselkurs"),
        "unreadable_flag": ("neither yes nor no", "weder ja noch nein"),
        "missing_order_id": ("no order number", "keine Bestellnummer"),
        "not_a_json_object": ("no JSON object", "kein JSON-Objekt"),
    },
}
