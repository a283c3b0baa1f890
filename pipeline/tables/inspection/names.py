"""The words in the names of columns: which lead to which role, and what speaks for and against it.

Names are looked at in small letters, without signs and umlauts. To teach a word, write it into the row that
it belongs to. It is found anywhere in a name, with `^` at the beginning alone, with `$` at the end; it may be
any pattern without blanks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BY_NAME_ALONE = 2


def words(*rows: str) -> str:
    """Make one pattern of words between blanks."""
    return "|".join(" ".join(rows).split())


AN_ID = words("(nr|nummer|no|num|number|id|key|code|kennung)$ ^(id|numero)(?!e)")
AN_ORDER = words(
    "auftrag bestell order rechnung invoice beleg bon basket transakt transact receipt warenkorb purchase",
    "kauf",
    "^(re|rg|rech|best|auftr|vorgangs?)n(r|ummer)$",
    "commande pedido ordine factu+r fattur",
    "^incrementid$",  # Magento's
)
# What else is an order where it is numbered; its purpose or its place is none.
NUMBERED = rf"^(dokument(en)?|document|spenden?|donation|sale)({AN_ID})"
OF_ANOTHER_ORDER = words("parent haupt urspr origin zugehoer related bezug")
INVOICED = words("rechnung invoice fa[ck]tu+r fattur")

PERSON = words(
    "kund ^kd(nr|nummer|no|id)$ kaeufer besteller auftraggeber haushalt mitglied spender debitor nutzer",
    "besucher",
    "customer cust(?!om) client buyer shopper household member donor user visitor",
    "klant klient acheteur zakazn m(ue|u)steri asiakas",
)
NO_BUYER = words(
    "seller vendor merchant supplier store verkaeufer haendler lieferant filiale session sitzung"
)
ABOUT_A_PERSON = words("manager bank method channel kanal")
# Of a person, where no better name is there; of those who sell, too.
PERHAPS = words(
    "mail kontakt contact account konto (?<!sales)person subscriber abonnent",
    "(?<!gift)(?<!credit)(?<!geschenk)(?<!kredit)(card|karten?)(nr|nummer|no|num|number|id)$",
)

A_TOTAL = words(
    "betrag umsatz summe gesamt total amount revenue value montant importe$ importo bedrag totaal"
)
# Of one unit, where there is a quantity.
A_PRICE = rf"^(?!.*({A_TOTAL})).*({words('price preis einzel prix precio prezzo prijs')})"
# Whole words: the tax, and what an amount is with or without it.
TAXES = words("ust mwst vat gst tva iva btw moms mva dph kdv .*steuern? tax(es)?")
WITH_TAX = words("inkl inc incl(ud\\w+|usive|us[ao])? dahil with after nach mit ttc con com avec med met s")
WITHOUT_TAX = words(
    "exkl ex excl(ud\\w+|usive|us[ao])? ekskl without before vor ohne ht hors sem sin sans bez senza utan",
    "uden zonder netto net haric",
)
BEFORE_TAX = words(
    "netto (?<!inter)net(?!sale|rev|z) taxex (ex|excl|exkl|excluding|ohne|without|before|vor)(tax|vat|mwst)"
)
WITH_OR_WITHOUT = "inc incl inkl including mit with after nach ex excl exkl excluding ohne without before vor"
# The tax itself, not what is with or without it.
A_TAX = "".join(f"(?<!{word})" for word in WITH_OR_WITHOUT.split()) + r"(steuer|tax|vat|mwst)(?!inc|inkl|ex)"
# What a customer has paid in all, a weight or points are called a total as well.
OF_AN_ORDER = (
    rf"^(?!.*({PERSON}))(.*order(total|sum)|.*total(order|paid)|.*grandtotal|.*gesamt(betrag|preis|summe)|"
    r".*(auftrags|bestell|(?<!ab)rechnungs)(summe|betrag|wert))(sum|inc|ex|tax|base|purchased|in[a-z]{3}$|$)"
)
OF_WHAT_WAS_BOOKED = words("auffuehr vorstell veranstalt anreise abreise arriv depart checkin")
OF_CANCELLING = words("storn cancel")
CANCELLED = r"^(is|ist|ox)?(storno|storniert|cancell?ed)$"  # yes or no, mostly


@dataclass(frozen=True)
class Names:
    """What a role's columns are called: by one of these words, more or less surely with some others.

    Attributes
    ----------
    any_of : str
        Without one of them a name says nothing of the role.
    never : str
        With one of them neither.
    also : str
        Whole patterns that do, whatever `never` says.
    more, less : str
        What speaks for and against it beside them.
    at_best : str
        With these it is the role's only where nothing else is.
    """

    any_of: str
    more: str
    less: str
    never: str = "(?!)"
    also: str = "(?!)"
    at_best: str = "(?!)"

    def rate(self, name: str) -> int:
        """Rate a plain name: 0 says nothing, 1 little, 2 and more names the role."""
        is_named = re.search(self.any_of, name) and not re.search(self.never, name)
        if not (is_named or re.search(self.also, name)):
            return 0
        more, less = (bool(re.search(pattern, name)) for pattern in (self.more, self.less))
        rating = BY_NAME_ALONE + more - BY_NAME_ALONE * less
        return min(rating, 1) if re.search(self.at_best, name) else max(rating, 0)


ROLES = {
    "ordered_at": Names(
        any_of=words("datum date fecha ^data zeit time tag$ ^day am$ at$ on$ dt$ created erstellt"),
        more=words(AN_ORDER, "spende donation"),
        less=words(
            OF_WHAT_WAS_BOOKED,
            "geburt birth regist join (bei|ein)tritt since seit",
            "liefer ship deliver versand fulfil complet clos",
            "faellig due paid zahl captur refund erstatt storn cancel bescheinig",
            "upd geaendert modif letzt ^last",
        ),
    ),
    "amount": Names(
        any_of=words(
            A_TOTAL, "wert sales spend price preis prix precio prezzo prijs netto brutto gross(?!h) erloes"
        ),
        never=words("provision commission gewicht weight"),
        more=words(A_TOTAL, "(auftrags|bestell|rechnungs)wert"),
        less=words(
            A_TAX,
            "ship fracht freight liefer deliver rabatt discount coupon (?<!cof)fees?($|total|amount) gebuehr",
            "menge quantit qty anzahl count units number kanal channel (?<!pa)id$ nr$ code$",
            "subtotal zwischensumme refund erstatt rueck return retour gutschrift",
            "saldo balance guthaben due$ offen ^rest(betrag|summe|wert) punkte points jahr",
            "einkaufs?(preis|kosten|netto) ^ek(preis)?$ abrechnung settle payout",
        ),
        at_best=A_PRICE,
    ),
    "customer_id": Names(
        any_of=words(PERSON, PERHAPS),
        more=AN_ID,
        less=words(
            "gruppe group typ land country segment since seit age alter (?<!user)(?<!nutzer)name",
            "newsletter consent referen[cz]",
            ABOUT_A_PERSON,
        ),
        at_best=rf"^(?!.*({PERSON})).*({PERHAPS})|mail",
    ),
    "order_id": Names(
        any_of=AN_ORDER,
        never=words("waehrung currency auftraggeber", OF_ANOTHER_ORDER),
        also=NUMBERED,
        more=AN_ID,
        less=words(
            "datum date zeit time at$ betrag summe amount total wert value preis price menge quantit anzahl",
            "status typ (?<!c)art$",
            PERSON,
        ),
    ),
    "status": Names(
        any_of=words("status orderstate", CANCELLED),
        more=words(AN_ORDER, CANCELLED),
        less=words("zahl pay versand liefer ship deliver", PERSON),
        at_best=words("(nr|id|key|code)$"),
    ),
    "is_test": Names(
        any_of=words("test mitarbeiter employee staff"),
        more=words("konto account ^is"),
        less=words(AN_ID, "name"),
    ),
    "currency": Names(
        any_of=words("waehrung currency devise"),
        more=words("code iso"),
        less=words("kurs rate betrag amount"),
    ),
    "product_id": Names(
        any_of=words("artikel article articulo produkt product produit prodotto item sku stockcode"),
        never=words("^(order|bestell|auftrags?)(item|posten|position|zeile)(id|no|nr|num|number|key)$"),
        also=words("^(asin|ean|gtin)$ ^prod(id|code|no|nr)?$"),
        more=words(AN_ID, "sku asin ean gtin"),
        less=words(
            "name bezeich besch desc detail preis price menge qty quantity anzahl count numberof noof",
            "gruppe group kateg categ typ size groesse measure farbe colo",
        ),
    ),
    "channel": Names(
        any_of=words("kanal channel"),
        more=words("verkauf vertrieb sales ^kanal$ ^channel$"),
        less=words("marketing kampagne campaign"),
    ),
    "quantity": Names(
        any_of=words("menge quantit qty anzahl stueck pieces units cantidad aantal"),
        more=words("menge quantit qty"),
        less=words("price preis"),
    ),
}
