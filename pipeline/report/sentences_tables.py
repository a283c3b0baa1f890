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
        "model quality by channel and country": (
            "model quality by channel and country",
            "Modellgüte nach Kanal und Land",
        ),
        "category affinity": ("category affinity", "Vorliebe für Warengruppen"),
        "channel mix": ("channel mix", "Mix der Bestellwege"),
        "discount share": ("discount share", "Anteil der Rabatte"),
        "orders net of returns": ("orders net of returns", "Bestellungen abzüglich Retouren"),
        "return rate": ("return rate", "Retourenquote"),
        "contact pressure": ("contact pressure", "Kontaktdruck"),
        "campaigns that address a customer": (
            "campaigns that address a customer",
            "Kampagnen, die eine Person ansprechen",
        ),
        "share of orders with a coupon": (
            "share of orders with a coupon",
            "Anteil der Bestellungen mit Gutschein",
        ),
        "visits to the web shop": (
            "visits to the web shop",
            "Besuche im Webshop",
        ),
        "abandoned carts": ("abandoned carts", "abgebrochene Warenkörbe"),
        "messages opened and clicked": (
            "messages opened and clicked",
            "geöffnete und geklickte Nachrichten",
        ),
        "unsubscriptions": (
            "unsubscriptions",
            "Abmeldungen",
        ),
        "open complaints": ("open complaints", "offene Beschwerden"),
        "satisfaction with service": (
            "satisfaction with service",
            "Zufriedenheit mit dem Service",
        ),
        "net promoter score": ("net promoter score", "Net Promoter Score"),
        "who may be contacted in the export": (
            "who may be contacted in the export",
            "wer im Export angesprochen werden darf",
        ),
        "purposes granted and refused": (
            "purposes granted and refused",
            "erteilte und verweigerte Einwilligungen",
        ),
        "contracts cancelled": ("share of contracts cancelled", "Kündigungsquote der Verträge"),
        "points balance": ("points balance", "Punktestand"),
        "customers brought by recommendation": (
            "customers brought by recommendation",
            "durch Empfehlung Gewonnene",
        ),
    },
}
