"""What the page says about the shop's other tables and what they are for, English and German side by side."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "tables.title": (
        "The shop's other tables",
        "Die weiteren Tabellen des Shops",
    ),
    "tables.table": (
        "Table",
        "Tabelle",
    ),
    "tables.rows": (
        "Rows",
        "Zeilen",
    ),
    "tables.buyers": (
        "Share of customers in it",
        "Anteil der Kundschaft darin",
    ),
    "tables.days": (
        "Days",
        "Zeitraum",
    ),
    "tables.dates": (
        "{first} to {last}",
        "{first} bis {last}",
    ),
    "tables.missing": (
        "Most often empty",
        "Am häufigsten leer",
    ),
    "tables.without": (
        "What more data would add",
        "Was weitere Daten brächten",
    ),
    "tables.not_there": (
        "Not there",
        "Nicht vorhanden",
    ),
    "tables.therefore": (
        "What therefore is missing",
        "Was deshalb fehlt",
    ),
    "tables.columns": (
        "{table}: {columns}",
        "{table}: {columns}",
    ),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "table": {
        "orders": ("Orders", "Bestellungen"),
        "customers": ("Customers", "Kundenstamm"),
        "products": ("Products", "Produkte"),
        "campaigns": ("Campaigns", "Kampagnen"),
        "order_lines": ("Order lines", "Bestellpositionen"),
        "returns": ("Returns", "Retouren"),
        "campaign_members": ("Campaign members", "Kampagnenempfänger"),
        "coupon_redemptions": ("Coupon redemptions", "Eingelöste Gutscheine"),
        "web_events": ("Web events", "Web-Ereignisse"),
        "messages": ("Messages", "Nachrichten"),
        "tickets": ("Tickets", "Anfragen und Beschwerden"),
        "surveys": ("Surveys", "Umfragen"),
        "loyalty_ledger": ("Loyalty ledger", "Punktekonto"),
        "referrals": ("Referrals", "Empfehlungen"),
        "consents": ("Consents", "Einwilligungen"),
        "subscriptions": ("Subscriptions", "Verträge"),
        "experiments": ("Experiments", "Experimente"),
    },
    "feature of a table": {
        "lines summed to orders": ("lines summed to orders", "Positionen zu Bestellungen summiert"),
        "returns matched by order": ("returns matched by order", "Retouren der Bestellung zugeordnet"),
        "returns matched by product": ("returns matched by product", "Retouren dem Produkt zugeordnet"),
        "cancelled orders left out": ("cancelled orders left out", "Stornos ausgelassen"),
        "test accounts left out": ("test accounts left out", "Testkonten ausgelassen"),
        "several currencies": ("several currencies", "mehrere Währungen"),
        "KPIs by acquisition channel": ("KPIs by acquisition channel", "Kennzahlen nach Akquisekanal"),
        "b2b apart from b2c": ("b2b apart from b2c", "Firmen getrennt von Privaten"),
        "customer attributes": ("customer attributes", "Kundenmerkmale"),
        "category affinity": ("category affinity", "Vorliebe für Warengruppen"),
        "discount share": ("discount share", "Anteil der Rabatte"),
        "margin per customer": ("margin per customer", "Marge je Person"),
        "orders net of returns": ("orders net of returns", "Bestellungen abzüglich Retouren"),
        "return rate": ("return rate", "Retourenquote"),
        "days from order to return": ("days from order to return", "Tage bis zur Retoure"),
        "response to campaigns": ("response to campaigns", "Reaktion auf Kampagnen"),
        "contact pressure": ("contact pressure", "Kontaktdruck"),
        "share of orders with a coupon": (
            "share of orders with a coupon",
            "Anteil der Bestellungen mit Gutschein",
        ),
        "visits without an order": ("visits without an order", "Besuche ohne Bestellung"),
        "abandoned carts": ("abandoned carts", "abgebrochene Warenkörbe"),
        "best channel": ("best channel", "bester Kanal"),
        "reachability": ("reachability", "Erreichbarkeit"),
        "unsubscribe rate": ("unsubscribe rate", "Abmelderate"),
        "open complaints": ("open complaints", "offene Beschwerden"),
        "time to answer": ("time to answer", "Zeit bis zur Antwort"),
        "service recovery": ("service recovery", "Rückgewinnung nach Beschwerden"),
        "net promoter score": ("net promoter score", "Net Promoter Score"),
        "NPS band per customer": ("NPS band per customer", "NPS-Gruppe je Person"),
        "the advocate segment": ("the advocate segment", "das Segment der Fürsprecher"),
        "points balance": ("points balance", "Punktestand"),
        "loyalty programme KPIs": ("loyalty programme KPIs", "Kennzahlen des Treueprogramms"),
        "referral KPIs": ("referral KPIs", "Kennzahlen der Empfehlungen"),
        "who may be scored": ("who may be scored", "wer bewertet werden darf"),
        "who may be contacted, by channel": (
            "who may be contacted, by channel",
            "wer auf welchem Kanal angesprochen werden darf",
        ),
        "contract customers apart from the rest": (
            "contract customers apart from the rest",
            "Vertragskundschaft getrennt vom Rest",
        ),
        "near-expiry flag": ("near-expiry flag", "Hinweis auf nahes Vertragsende"),
        "uplift by segment": ("uplift by segment", "Wirkung nach Segment"),
        "who is kept out of campaigns": (
            "who is kept out of campaigns",
            "wer von Kampagnen ausgenommen ist",
        ),
    },
}
