"""What the figures of the shop's other tables are called, and what each is made of, in English and German."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "table_kpis.title": (
        "Figures of the other tables, {first} to {last}",
        "Kennzahlen der weiteren Tabellen, {first} bis {last}",
    ),
    "table_kpis.figure": ("Figure", "Kennzahl"),
    "table_kpis.value": ("Value", "Wert"),
    "table_kpis.made_of": ("Made of", "Woraus"),
    "table_kpis.hours": ("{value} h", "{value} Std."),
}

# By figure: its name, and the two numbers it is made of.
NAMES: dict[str, tuple[str, str]] = {
    "returned": ("Given back", "Zurückgegeben"),
    "discounts": ("Discounts", "Rabatte"),
    "coupon_users": ("Customers who used a coupon", "Mit Gutschein gekauft"),
    "campaign_buyers": ("Ordered while a campaign addressed them", "Während einer Kampagne bestellt"),
    "abandoned_carts": ("Abandoned carts", "Abgebrochene Warenkörbe"),
    "messages_per_customer": ("Messages per customer", "Nachrichten pro Person"),
    "triggered_messages": ("Triggered messages", "Ausgelöste Nachrichten"),
    "messages_opened": ("Messages opened", "Nachrichten geöffnet"),
    "messages_clicked": ("Messages clicked", "Nachrichten angeklickt"),
    "unsubscribed": ("Unsubscribed", "Abgemeldet"),
    "complaints_per_order": ("Complaints per order", "Beschwerden pro Bestellung"),
    "open_complaints": ("Complaints still open", "Beschwerden noch offen"),
    "first_response_hours": ("Time to the first answer, mean", "Zeit bis zur ersten Antwort, im Mittel"),
    "ticket_satisfaction": ("Satisfaction with service, 1 to 5", "Zufriedenheit mit dem Service, 1 bis 5"),
    "net_promoter_score": ("Net Promoter Score, −100 to 100", "Net Promoter Score, −100 bis 100"),
    "promoters": ("Would recommend the shop", "Würden den Shop weiterempfehlen"),
    "survey_satisfaction": ("Satisfaction in surveys, 1 to 5", "Zufriedenheit in Umfragen, 1 bis 5"),
    "points_redeemed": ("Points redeemed", "Eingelöste Punkte"),
    "active_members": ("Active members", "Aktive Mitglieder"),
    "recommendations_taken": ("Recommendations taken", "Angenommene Empfehlungen"),
    "contracts_cancelled": ("Contracts cancelled", "Kündigungsquote der Verträge"),
}
MADE_OF: dict[str, tuple[str, str]] = {
    "returned": ("{numerator} of {denominator} of sales", "{numerator} von {denominator} Umsatz"),
    "discounts": (
        "{numerator} off list prices of {denominator}",
        "{numerator} auf Listenpreise von {denominator}",
    ),
    "coupon_users": (
        "{numerator} of {denominator:customer/customers} who ordered",
        "{numerator} von {denominator} Bestellenden",
    ),
    "campaign_buyers": (
        "{numerator} of {denominator} addressed; they might have anyway",
        "{numerator} von {denominator} Angesprochenen; vielleicht auch ohne sie",
    ),
    "abandoned_carts": (
        "{numerator} of {denominator:cart/carts}, one per customer and day, no order on that day or the next",
        "{numerator} von {denominator:Warenkorb/Warenkörben}, je Person und Tag einer, ohne Bestellung am"
        " selben oder nächsten Tag",
    ),
    "messages_per_customer": (
        "{numerator:message/messages} to {denominator:customer/customers}, none that is marked as part of an "
        "order",
        "{numerator:Nachricht/Nachrichten} an {denominator:Person/Personen}, ohne als Teil einer Bestellung "
        "gekennzeichnete",
    ),
    "triggered_messages": (
        "{numerator} of {denominator:message/messages} set off by what the customer did",
        "{numerator} von {denominator:Nachricht/Nachrichten}, ausgelöst durch Verhalten",
    ),
    "messages_opened": (
        "{numerator} of {denominator} that arrived; mail programs open some by themselves",
        "{numerator} von {denominator} angekommenen; manche öffnet das Mailprogramm von selbst",
    ),
    "messages_clicked": (
        "{numerator} of {denominator} that arrived",
        "{numerator} von {denominator} angekommenen",
    ),
    "unsubscribed": (
        "{numerator} of {denominator:message/messages} that arrived",
        "nach {numerator} von {denominator} angekommenen Nachrichten",
    ),
    "complaints_per_order": (
        "{numerator:complaint/complaints}, {denominator:order/orders}",
        "{numerator:Beschwerde/Beschwerden}, {denominator:Bestellung/Bestellungen}",
    ),
    "open_complaints": (
        "{numerator} of {denominator:complaint/complaints} that came in",
        "{numerator} von {denominator:eingegangenen Beschwerde/eingegangenen Beschwerden}",
    ),
    "first_response_hours": (
        "{denominator:ticket/tickets} with an answer",
        "{denominator:beantwortete Anfrage/beantwortete Anfragen}",
    ),
    "ticket_satisfaction": ("{denominator:rating/ratings}", "{denominator:Bewertung/Bewertungen}"),
    "net_promoter_score": (
        "share of 9 and 10 minus share of 0 to 6, {denominator:answer/answers}, the latest of each customer",
        "Anteil 9 und 10 minus Anteil 0 bis 6, {denominator:Antwort/Antworten}, je Person die letzte",
    ),
    "promoters": (
        "{numerator} of {denominator:answer/answers} were 9 or 10",
        "{numerator} von {denominator:Antwort/Antworten} mit 9 oder 10",
    ),
    "survey_satisfaction": (
        "{denominator:answer/answers}, the latest of each customer",
        "{denominator:Antwort/Antworten}, je Person die letzte",
    ),
    "points_redeemed": ("{numerator} of {denominator} given", "{numerator} von {denominator} vergebenen"),
    "active_members": (
        "{numerator} of {denominator:member/members} earned or redeemed points",
        "{numerator} von {denominator:Mitglied/Mitgliedern} sammelten oder lösten Punkte ein",
    ),
    "recommendations_taken": (
        "{numerator} of {denominator:recommendation/recommendations} led to a sign-up",
        "{numerator} von {denominator:Empfehlung/Empfehlungen} führten zu einer Anmeldung",
    ),
    "contracts_cancelled": (
        "{numerator} of {denominator:contract/contracts} that ran at the start",
        "{numerator} von {denominator:Vertrag/Verträgen}, die zu Beginn liefen",
    ),
}
