"""Which column is what: by its name, and by its values where the name says nothing."""

from __future__ import annotations

import pytest

from pipeline.tables.inspection.roles import Column, guess_roles


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("kundennummer rechnungsdatum summe rechnungsnummer", "0 1 2 3"),
        ("KundenNr Geburtsdatum Kaufdatum Stückpreis Gesamtpreis", "0 2 4 -"),
        ("order_id customer_id order_date ship_date total tax", "1 2 4 0"),
        ("CustomerID InvoiceNo InvoiceDate UnitPrice Quantity Sales", "0 2 5 1"),
        ("Order.Date Household Basket_Key Net_Amount VAT Units", "1 0 3 2"),
        ("Käufer Bestellnummer Bestellzeit Liefertag Warenwert MwSt", "0 2 4 1"),
        ("created_at user_id order_number order_total shipping_total", "1 0 3 2"),
        ("t_dat customer_id article_id price sales_channel_id", "1 0 3 -"),
        ("increment_id created_at customer_email grand_total order_currency_code", "2 1 3 0"),
        ("Name Email Subtotal Total Created_at", "1 4 3 -"),
        ("order_id customer_unique_id order_date price freight_value", "1 2 3 0"),
        ("order_id order_item_id product_id seller_id shipping_limit_date price", "- 4 5 0"),
        ("SHOP_DATE SPEND PROD_CODE CUST_CODE BASKET_ID STORE_CODE", "3 0 1 4"),
        ("item_id status created_at sku price qty_ordered grand_total increment_id visitorid", "8 2 6 7"),
        ("id date purchasequantity purchaseamount", "0 1 3 -"),
        ("Kd-Nr. Kunde Belegdatum Rg.-Nr. Netto", "0 2 4 3"),
        ("KundNr Name Auftr-Nr. Datum Betrag", "0 3 4 2"),
        ("order_number customer_id total_net total_gross order_date", "1 4 3 0"),
        ("Name Email Paid_date Fulfilled_date Created_at Total Refunded_Amount", "1 4 5 -"),
        ("id parent_order_id total_amount customer_id date_created", "3 4 2 -"),
        ("Beleg_Datum Belegart Belegnr Kontakt-ID Restbetrag Betrag", "3 0 5 2"),
        ("Document_No Posting_Date Sell-to_Customer_No Amount", "2 1 3 0"),
        ("Spenden-ID Spendendatum Betrag Person-ID E-Mail", "3 1 2 0"),
        ("sale_id sales_person customer_email date total", "2 3 4 0"),
        ("Spendenzweck Spendendatum Betrag Person-ID", "3 1 2 -"),
        ("sale_location document_language date total customer", "4 2 3 -"),
        ("date restaurant_total total_discount customer", "3 0 1 -"),
        ("date coffee_price price_of_beans account_manager contact_id", "4 0 1 -"),
        ("order_id date fee_total coffee_total order_total customer_id", "5 1 4 0"),
        (
            "Order_ID Customer_ID Order_Date Subtotal_(inc_tax) Order_Total_(ex_tax) Order_Total_(inc_tax)",
            "1 2 5 0",
        ),
        ("Kundennr Datum Gesamt_ohne_MwSt Gesamt_inkl._MwSt MwSt_gesamt", "0 1 3 -"),
        ("id_order id_customer total_discounts total_paid total_products date_add", "1 5 3 0"),
        ("Sale_Date Order_ID Buyer_User_ID Order_Value Order_Total Total_Fees", "2 0 4 1"),
        ("Order_Number Buyer_Username Buyer_Name Buyer_Email Total_Price Sale_Date", "1 5 4 0"),
        ("Auftragsnr Kundennr Datum Summe Gesamtsumme_Kunde", "1 2 3 0"),
        ("Auftragsnr Kundennr Datum Gesamtgewicht_wert Auftragswert_Brutto", "1 2 4 0"),
        ("order_id capture_date sale_date customer Provisionsbetrag Preis", "3 2 5 0"),
        ("Auftragsnr Kundennr Datum Gesamtbetrag_Kunde Auftragswert", "1 2 4 0"),
        ("order_no date customer_no amount customer_total_order_sum total_paid_so_far", "2 1 3 0"),
        ("order_no date_joined customer_no total Order_Total_Margin order_date", "2 5 3 0"),
        ("DATE CARD_NO AGE_GROUP SUBCLASS EAN QTY SALES", "1 0 6 -"),
        ("Datum Summe Kartennummer Bonnr", "2 0 1 3"),
        ("date total gift_card_number order_id client", "4 0 1 3"),
        ("Numéro_de_commande Client Date_de_commande Quantité Montant_total", "1 2 4 0"),
        ("Pedido Cliente Fecha Precio Importe", "1 2 4 0"),
        ("Numero_ordine Cliente Data Prezzo Importo", "1 2 4 0"),
        ("Factuurnummer Klantnummer Datum Prijs Bedrag", "1 2 4 0"),
        ("importer_tax Kundennr Datum Betrag Produktcode", "1 2 3 -"),
        ("Belegnr Auftraggeber Kundenreferenz Nettowert Erstelldatum", "1 4 3 0"),
        ("Buchungsnr Kunde Aufführungsdatum Gebuchtes_Datum Preis", "1 3 4 -"),
        ("booking_id customer_id arrival_date date total", "1 3 4 -"),
        ("Kundennr Rechnungsdatum Gebucht_datum Betrag", "0 1 3 -"),
        ("customer_id signup_date checkout_date total", "0 2 3 -"),
    ],
)
def test_german_and_english_names_are_known(header: str, roles: str) -> None:
    names = header.split()
    dated = ("datum", "date", "fecha", "data", "zeit", "tag", "created", "t_dat")
    money = [
        "preis",
        "price",
        "total",
        "tax",
        "summe",
        "amount",
        "wert",
        "mwst",
        "sales",
        "vat",
        "betrag",
        "montant",
        "import",
        "bedrag",
        "precio",
        "prijs",
    ]

    def column(n: int, name: str) -> Column:
        low = name.lower()
        dates, paid = float(any(word in low for word in dated)), float(any(word in low for word in money))
        return Column(f"c{n}", name, 100, 50, dates, 1.0 - dates, paid * (1 - dates))

    guesses = guess_roles([column(n, name) for n, name in enumerate(names)])
    paid = "amount" if "amount" in guesses else "unit_price"
    found = [guesses[role] for role in ("customer_id", "ordered_at", paid, "order_id")]
    assert [names.index(guess.column.name) if guess else "-" for guess in found] == [
        part if part == "-" else int(part) for part in roles.split()
    ]


@pytest.mark.parametrize(
    ("header", "product"),
    [("order_id order_item_id product_id", "product_id"), ("PROD_CODE PROD_CODE_10 BASKET_ID", "PROD_CODE")],
)
def test_the_number_of_a_line_is_no_product(header: str, product: str) -> None:
    columns = [Column(f"c{n}", name, 100, 50, 0.0, 1.0, 0.0) for n, name in enumerate(header.split())]
    found = guess_roles(columns)["product_id"]
    assert found
    assert found.column.name == product


def test_values_decide_where_names_say_nothing() -> None:
    columns = [
        Column("c0", "a", 100, 100, 0.0, 1.0, 0.0),
        Column("c1", "b", 100, 30, 0.0, 1.0, 0.0),
        Column("c2", "c", 100, 90, 1.0, 0.0, 0.0),
        Column("c3", "d", 100, 95, 0.0, 1.0, 0.9),
        Column("c4", "e", 100, 2, 0.0, 0.0, 0.0),
    ]
    guesses = guess_roles(columns)
    assert {role: guess.column.name if guess else None for role, guess in guesses.items()} == {
        "ordered_at": "c",
        "amount": "d",
        "customer_id": "b",
        "order_id": None,
        **dict.fromkeys(("status", "is_test", "currency", "product_id", "channel")),
    }


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("order_state", "payment_state"), "order_state"),
        (("Status-ID", "Status"), "Status"),
        (("transstatus", "oxstorno"), "oxstorno"),
        (("payment_status",), None),
        (("billing_state",), None),
    ],
)
def test_a_state_is_told_by_a_word_for_cancelled_before_a_number(
    names: tuple[str, ...], status: str | None
) -> None:
    guess = guess_roles([Column(f"c{n}", name, 100, 2, 0.0, 0.0, 0.0) for n, name in enumerate(names)])[
        "status"
    ]
    assert (guess and guess.column.name) == status


def test_one_state_for_all_gives_way_to_several() -> None:
    columns = [
        Column("c0", "status", 100, 1, 0.0, 0.0, 0.0),
        Column("c1", "state_status", 100, 3, 0.0, 0.0, 0.0),
    ]
    guess = guess_roles(columns)["status"]
    assert guess
    assert guess.column.name == "state_status"


@pytest.mark.parametrize("name", ["contact_person", "contact_method", "bank_account", "account_manager"])
def test_of_a_person_is_not_who_it_is(name: str) -> None:
    columns = [
        Column("c0", name, 900, 4 if name == "contact_person" else 90, 0.0, 0.0, 0.0),
        Column("c1", "account_name", 900, 80, 0.0, 0.0, 0.0),
    ]
    guess = guess_roles(columns)["customer_id"]
    assert guess
    assert guess.column.name == "account_name"
    assert guess_roles(columns[:1])["customer_id"] is None


def test_dates_are_no_customers_and_kinds_no_orders() -> None:
    columns = [
        Column("c0", "purchase-date", 900, 800, 1.0, 0.0, 0.0),
        Column("c1", "changed", 900, 700, 1.0, 0.0, 0.0),
        Column("c2", "purchase_point", 900, 2, 0.0, 0.0, 0.0),
        Column("c3", "amount", 900, 500, 0.0, 1.0, 1.0),
    ]
    guesses = guess_roles(columns)
    assert (guesses["customer_id"], guesses["order_id"]) == (None, None)


@pytest.mark.parametrize(
    ("some", "every", "found"),
    [
        ("invoice_date", "date_add", "date_add"),
        ("Bestelldatum", "Datum", "Bestelldatum"),
        ("purchased_on", "date_joined", "purchased_on"),
        ("invoice_date", "updated_at", "invoice_date"),
        ("created_at", "date_add", "date_add"),
    ],
)
def test_the_date_of_an_invoice_that_some_rows_lack_gives_way(some: str, every: str, found: str) -> None:
    columns = [Column("c0", some, 90, 80, 1.0, 0.0, 0.0), Column("c1", every, 100, 80, 1.0, 0.0, 0.0)]
    guess = guess_roles(columns)["ordered_at"]
    assert guess
    assert guess.column.name == found


@pytest.mark.parametrize(
    ("role", "name", "numbers"),
    [
        ("currency", "id_currency", 1.0),
        ("is_test", "Staff Name", 0.0),
        ("product_id", "Product Details", 0.0),
    ],
)
def test_what_only_sounds_like_a_role_is_none(role: str, name: str, numbers: float) -> None:
    assert guess_roles([Column("c0", name, 100, 2, 0.0, numbers, 0.0)])[role] is None


def test_a_number_of_the_stock_is_a_product_before_its_words() -> None:
    columns = [Column(f"c{n}", name, 100, 9, 0.0, 0.0, 0.0) for n, name in enumerate(["Item", "SKU"])]
    found = guess_roles(columns)["product_id"]
    assert found
    assert found.column.name == "SKU"


@pytest.mark.parametrize(("name", "found"), [("Belegdatum", False), ("Beleg", True)])
def test_a_number_is_no_date_beside_a_date_that_cannot_be_read(name: str, found: bool) -> None:
    columns = [Column("c0", name, 100, 90, 0.0, 1.0, 0.0), Column("c1", "Feld", 100, 90, 1.0, 1.0, 0.0)]
    assert bool(guess_roles(columns)["ordered_at"]) is found
