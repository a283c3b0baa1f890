"""The doubts about the data, by the names that `pipeline.tables.remarks` gives them, English and German."""

from __future__ import annotations

DOUBTS: dict[str, tuple[str, str]] = {
    "starts_late": (
        "The data begin when the shop had customers already: many of these look new.",
        "Die Daten beginnen, als der Shop schon Kundschaft hatte: Viele davon wirken wie Neue.",
    ),
    "rounded_ids": (
        "A spreadsheet has rounded customer numbers: several people may count as one.",
        "Eine Tabellenkalkulation hat Kundennummern gerundet: Mehrere Personen zählen vielleicht als eine.",
    ),
    "float_ids": (
        "All customer numbers end in “.0”: the CRM may know them without.",
        "Alle Kundennummern enden auf „.0“: Das CRM kennt sie vielleicht ohne.",
    ),
    "alike_ids": (
        "Some customer numbers differ in capitals alone: one person may count as two.",
        "Einige Kundennummern unterscheiden sich nur in Groß- und Kleinschreibung: Eine Person zählt "
        "vielleicht als zwei.",
    ),
    "alike_numbers": (
        "Some customer numbers differ in leading zeros or a “.0” alone: one person may count as two.",
        "Einige Kundennummern unterscheiden sich nur in führenden Nullen oder einem „.0“: Eine Person zählt "
        "vielleicht als zwei.",
    ),
    "nobodies": (
        "Some customer numbers are words such as “guest” or “test”: their orders are those of nobody, or of "
        "many.",
        "Einige Kundennummern sind Wörter wie „Gast“ oder „Test“: Ihre Bestellungen gehören niemandem oder "
        "vielen.",
    ),
    "shared_account": (
        "One customer has ten times as many orders as anybody else, or more: it may stand for people without "
        "an account.",
        "Eine Kundennummer hat mindestens zehnmal so viele Bestellungen wie jede andere: Sie steht "
        "vielleicht für Käufe ohne Konto.",
    ),
    "alike_ids_of_tables": (
        "Another table writes some customer numbers in other capitals: its rows are not counted as theirs.",
        "Eine weitere Tabelle schreibt Kundennummern mit anderer Groß- und Kleinschreibung: Ihre Zeilen "
        "werden nicht zugeordnet.",
    ),
    "unknown_words": (
        "Some rows of another table hold words that nobody has explained: they are in quarantine.",
        "Einige Zeilen einer weiteren Tabelle enthalten Wörter, die niemand erklärt hat: Sie sind in "
        "Quarantäne.",
    ),
    "shared_order_ids": (
        "Most orders have a number that those of other customers have too: it begins anew now and then, as "
        "at tills, or is that of something else.",
        "Die meisten Bestellungen haben eine Nummer, die auch Bestellungen anderer haben: Sie beginnt immer "
        "wieder von vorn, wie an Kassen, oder gehört zu etwas anderem.",
    ),
    "lone_start": (
        "A few orders lie more than a year before all others: their dates may be wrong.",
        "Einige wenige Bestellungen liegen mehr als ein Jahr vor allen anderen: Ihr Datum ist vielleicht "
        "falsch.",
    ),
    "lone_end": (
        "A few orders lie long after all others: everybody else seems to be gone.",
        "Einige wenige Bestellungen liegen lange nach allen anderen: Alle übrigen wirken wie verloren.",
    ),
    "changed_orders": (
        "Some orders stand in several files with other lines or amounts: these are summed.",
        "Einige Bestellungen stehen mit anderen Positionen oder Beträgen in mehreren Dateien: Sie sind "
        "addiert.",
    ),
    "files_overlap": (
        "Many rows stand in two files, and count twice.",
        "Viele Zeilen stehen in zwei Dateien und zählen doppelt.",
    ),
    "doubled_orders": (
        "Some orders stand in the data twice or more, with every line, and count as often.",
        "Einige Bestellungen stehen mit allen Positionen mehrfach in den Daten und zählen so oft.",
    ),
    "equal_rows": (
        "Many rows are equal to an earlier one, and count.",
        "Viele Zeilen gleichen einer früheren und zählen mit.",
    ),
    "none_cancelled": (
        "No order counts as cancelled: the shop may have another word for it.",
        "Keine Bestellung gilt als storniert: Vielleicht heißt das in diesem Shop anders.",
    ),
    "small_amounts": (
        "The amounts are so small that rounding to cents loses most of them.",
        "Die Beträge sind so klein, dass beim Runden auf Cent das meiste verloren geht.",
    ),
    "lost_returns": (
        "Many returns are of one customer who never bought: spend is too high.",
        "Viele Retouren gehören zu einer Kundennummer ohne Bestellungen: Der Umsatz ist zu hoch.",
    ),
    "unmatched_returns": (
        "Some returns fit no order of their customer and take nothing off: spend may be too high by them.",
        "Einige Retouren passen zu keiner Bestellung ihrer Kundennummer, abgezogen wird nichts: Der Umsatz "
        "ist vielleicht um sie zu hoch.",
    ),
}
