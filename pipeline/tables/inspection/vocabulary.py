"""What other programs and languages call the words of the contracts: of columns, and of their values."""

from __future__ import annotations

import re

# A word of a column's name in a contract: what it is called as well, in small letters without umlauts.
OF_NAMES = {
    "acquisition": r"acquisition|herkunft|akquise|source",
    "answered": r"answer|antwort|beantwort|submitted|eingegangen",
    "arm": r"arm$|variant|gruppe|group|bucket",
    "assigned": r"assign|zugewies|zuteil",
    "birth": r"birth|geburt",
    "booked": r"book|gebucht|buchung",
    "bounced": r"bounce|unzustellbar",
    "brand": r"brand|marke|hersteller",
    "campaign": r"campaign|kampagne",
    "cancelled": r"cancel|kuendig|gekuend|storn",
    "category": r"categ|kateg|thema|topic|warengruppe",
    "changed": r"chang|geaendert|aenderung|seit|since",
    "channel": r"channel|kanal",
    "clicked": r"click|klick",
    "complained": r"complain|spam|beschwer",
    "country": r"country|land$|pays",
    "coupon": r"coupon|gutschein|voucher|promo",
    "created": r"created|angelegt|erstellt|registr|since|seit",
    "cost": r"cost|kosten|einkauf|^ek",
    "csat": r"csat|satisf|zufrieden|rating|bewertung",
    "delivered": r"deliver|zugestellt",
    "department": r"department|abteilung",
    "discount": r"discount|rabatt|nachlass",
    "ends": r"^ends?|ende|laufzeitende|expir",
    "event": r"event|aktion|action",
    "experiment": r"experiment|abtest",
    "first": r"first|erst",
    "kind": r"kind|(?<!c)art$|typ|type",
    "opened": r"open|geoeffnet",
    "origin": r"origin|quelle|source|herkunft",
    "per": r"per|pro",
    "points": r"points|punkte",
    "purpose": r"purpose|zweck|topic|channel|kanal",
    "reason": r"reason|grund",
    "redeemed": r"redeem|eingeloest|used",
    "resolved": r"resolv|solved|closed|geloest|geschlossen|erledigt",
    "response": r"respon|answer|antwort|reply",
    "return": r"return|retoure|ruecksend|refund|erstatt",
    "returned": r"return|retour|rueck|refund|erstatt",
    "score": r"score|punktzahl|wert|bewertung|rating|nps|csat|note",
    "sent": r"sent|versand|gesendet|send|verschickt",
    "started": r"start|beginn|since|seit",
    "starts": r"start|beginn",
    "status": r"status|state$|zustand|consent|einwilligung",
    "survey": r"survey|umfrage",
    "ticket": r"ticket|anfrage|fall|case|vorgang",
    "unit": r"unit|stueck|einkauf|^ek",
    "unsubscribed": r"unsub|abgemeldet|abmeld|optout",
    "year": r"year|jahr",
}

# What a column of one table alone is called.
OF_TABLES = {
    "customers.is_test": r"^(is)?test(account|customer|user|kunde|konto)?$",
    "order_lines.amount": r"line|item|position|posten|zeile",
    "returns.amount": r"refund|erstatt|rueck|gutschrift|credit",
    "tickets.opened_at": r"open|eroeffn|eingang|eingegangen|created|erstellt|angelegt",
}
# What no column of a table is, whatever its other words: an objection, what was before, or ends.
AGAINST = (
    r"widerspr|optout|unsub|abmeld|object|keine|^no(?!t|w)|refus|block|sperr|alt$|^alte|^old|old$|before|vorher|"
    r"prev|requested|expir|until|ablauf|validto|(gueltig|valid)bis$"
)

# Who is no customer in a log of orders, but one in the table of another program.
OF_PEOPLE = r"profil|requester|recipient|empfaenger|respondent|teilnehm|subscriber|contact|kontakt"

# A value of a contract's list: the words that mean it and nothing else.
OF_VALUES = {
    "b2b": r"b2b|business|firm(a|enkund\w*)|geschaeft\w*|gewerb\w*|company",
    "b2c": r"b2c|consumer|privat\w*|private",
    "broadcast": r"newsletter|bulk|mailing|campaign|kampagne|broadcast",
    "cart": r"(add_?to_?)?cart|warenkorb",
    "complaint": r"complaint|beschwerde|reklamation",
    "control": r"control|kontroll\w*",
    "cost": r"cost|kosten|einkauf|^ek",
    "csat": r"csat|satisfaction|zufriedenheit",
    "earn": r"earn(ed)?|gesammelt|gutgeschrieben",
    "email": r"e-?mails?",
    "employee": r"employee|mitarbeiter\w*|staff",
    "expire": r"expired?|verfall\w*",
    "granted": r"granted|opt(ed)?[ _-]?in|subscribed|zugestimmt|erteilt|consented",
    "nps": r"nps|net promoter score",
    "phone": r"phone|telefon\w*|call",
    "post": r"post|brief",
    "push": r"push\w*",
    "question": r"question|frage|anfrage|inquiry",
    "redeem": r"redeem(ed)?|eingeloest",
    "sms": r"sms|text message",
    "test": r"test\w*",
    "transactional": r"transa[ck]tion\w*|order|bestell\w*|rechnung|versand\w*",
    "treatment": r"treatment|test(gruppe| group)?",
    "triggered": r"triggered|flow|automation|automated|trigger",
    "whatsapp": r"whats ?app",
    "withdrawn": r"withdrawn|revoked|opt(ed)?[ _-]?out|unsubscribed|widerrufen|abgemeldet",
}


def names(word: str) -> str:
    """Return a pattern of what a word of a contract's column is called; of one not listed, itself."""
    return OF_NAMES.get(word, re.escape(word))


def means(value: str, allowed: tuple[str, ...]) -> str | None:
    """Return the one value of a list that a word, in small letters without umlauts, means."""
    word = value.replace("-", "_").replace(" ", "_")
    if word in allowed:
        return word
    found = [ours for ours in allowed if re.fullmatch(OF_VALUES.get(ours, r"(?!)"), value)]
    return found[0] if len(found) == 1 else None
