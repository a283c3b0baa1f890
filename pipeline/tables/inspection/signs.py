"""Whether what was given back is below zero, in a column of its own, or to be told by a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from pipeline.counted import counted
from pipeline.engine.quoting import literal
from pipeline.tables.inspection.log import (
    FEWEST_ORDERS,
    NEARLY_ALL,
    NUMBER,
    SOME,
    WHERE,
    Advice,
    Log,
    Refund,
    is_varied,
    question,
    shown,
)
from pipeline.tables.inspection.names import AN_ORDER, PERSON, ROLES
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import Column, plain
from pipeline.tables.inspection.states import NOT_OR_IN_PART, YES, YES_OR_NO

KIND = (
    rf"^(({AN_ORDER}|sales|vorgang|buchung|doc|record|entry|row|line|zeile).*)?((?<!c)art|typ|type|kind)$|"
    r"^(vorgang|transa[ck]tion)$"
)
GIVEN_BACK = (
    r"gutschrift|korrektur|credit[ _-]?(memo|note)|refund(?!able|ed)|retoure|^(sales? )?returns?$|chargeback|"
    r"erstattung|rueck(zahl|last|gabe|send|buch)|stornorechnung"
)
WAS_GIVEN_BACK = (
    rf"{GIVEN_BACK}|(returned|refunded|retourniert|erstattet|"
    r"zurueck(gegeben|gesendet|geschickt)|rembourse|reembolsad[oa])$"
)
NO_SALE = (
    r"angebot|offerte|devis|voranschlag|quot(e|ation)|estimate|pro-?forma|pledge|authori[sz]ation|lieferschein|"
    r"delivery note|entwurf|draft"
)
A_KIND, OF_ELSE = r"((?<!c)art|typ|type|kind)$", rf"{PERSON}|zahl|pay|versand|ship|arti[kc]|produ[kc]"
FEW_KINDS, TWINS = 8, 0.9
# How many rows each kind has, and for how many of them the customer has one of another kind over the same.
OF_THE_SAME = """
    SELECT kind, count(*), count(*) FILTER (kinds > 1) FROM (
        SELECT kind, count(DISTINCT kind) OVER (PARTITION BY customer, paid) AS kinds FROM (
            SELECT {kind} AS kind, {customer} AS customer, number_text({paid}) AS paid FROM raw
            WHERE {kind} <> '' AND {paid} <> '' AND NOT is_no_id({customer})))
    GROUP BY kind ORDER BY kind"""
# How many rows each kind has, and how many of them are of orders of which no row has an amount.
NOTHING_PAID = """
    SELECT kind, count(*), count(*) FILTER (nothing) FROM (
        SELECT {kind} AS kind, max(abs({sign})) OVER (PARTITION BY {order}) = 0 AS nothing
        FROM raw WHERE {paid} <> '')
    WHERE kind <> '' GROUP BY kind ORDER BY kind"""
SIDES, CREDIT_SIDE = r"^(sollhaben|sh(kz|kennz.*)?$)", r"h|haben"
DEBIT, CREDIT = (rf"^(betrag|amount)?({side})(betrag|amount)?$" for side in ("soll|debit", "haben|credit"))
PAYMENTS = "Payments of invoices are neither orders nor returns: leave such rows out. "
REFUNDED = r"refund|erstatt|retour|rueckzahl"
NO_MONEY = r"rate$|quote$|percent|prozent|pct|anteil|fee|gebuehr|kosten|cost|limit|able$|max|frist|voucher"

# Above zero, below it, or neither: told by the digits, whatever the decimal sign.
SIGN = """
    CASE WHEN NOT regexp_matches(number_text({column}), '[1-9]') THEN 0
         WHEN starts_with(number_text({column}), '-') THEN -1 ELSE 1 END"""


FEWEST_REFUNDED = 5
REFUNDED_ALIKE = """
    SELECT count(*), count(*) FILTER (alike), count(DISTINCT most) FILTER (alike)
    FROM (
        SELECT count({refund}) = count(*) AND min({refund}) = max({refund}) AS alike,
               max({refund}) AS most
        FROM raw
        WHERE {order} <> ''
        GROUP BY {order} HAVING count(*) > 1 AND max({refund}) > 0
    )"""
LARGER = "SELECT 1 FROM raw WHERE {refund} > {amount} LIMIT 1"
LARGER_THAN_ORDER = """
    SELECT 1 FROM raw WHERE {order} <> '' GROUP BY {order}
    HAVING max({refund}) > sum({amount}) + 0.005 LIMIT 1"""


def about_kinds(log: Log) -> Iterator[Advice]:
    """Ask about rows that are called a credit note or the like while their amounts are above zero."""
    paid = log.paid
    for column, given_back in kinds_given_back(log) if paid else ():
        is_side = re.search(SIDES, column.plain_name)
        words = ", ".join(map(literal, given_back))
        above, below = _above_and_below(log, paid, f"{column.key} IN ({words})")
        if above and not below:
            turned = _where(f"trim({log.text(column)}) IN ({words})", _negative(log, paid[0]), paid[0])
            told = f'{counted(above):row is/rows are} {words} in "{column.name}", with an amount above zero. '
            if is_side:
                told += f"{PAYMENTS}If that was given back, it would count as bought: to turn its sign, "
                yield question(f"{WHERE}.columns.amount", told, offer=turned)
            else:
                told += (
                    "If that was given back, it would count as bought: the proposed query turns its sign. If "
                )
                yield question(f"{WHERE}.columns.amount", f"{told}not, leave that out", change=turned)
            return


def kinds_given_back(log: Log) -> Iterator[tuple[Column, list[str]]]:
    """Find the columns of kinds of rows, and which of these are called a credit note or the like."""
    for column in log.free:
        is_side = re.search(SIDES, column.plain_name)
        if column.distinct > SOME or not (is_side or re.search(KIND, column.plain_name)):
            continue
        is_given_back = partial(re.fullmatch, CREDIT_SIDE) if is_side else partial(re.search, GIVEN_BACK)
        given_back = [value for value in log.values(column) if is_given_back(plain(value))]
        if 0 < len(given_back) < column.distinct:
            yield column, given_back


def about_given_back(log: Log) -> Iterator[Advice]:
    """Ask about a column of yes and no that tells which rows were given back: nothing takes these off."""
    for column in log.free if log.paid else []:
        if column.distinct != YES_OR_NO or not re.search(WAS_GIVEN_BACK, plain(column.name)):
            continue
        given_back = [value for value in log.values(column) if plain(value) in YES]
        above, below = _above_and_below(
            log, log.paid, f"{column.key} IN ({', '.join(map(literal, given_back))})"
        )
        if len(given_back) == 1 and above and not below:
            told = f'{counted(above):row is/rows are} "{given_back[0]}" in "{column.name}", with an amount '
            told += "above zero. If that was given back, it would count as bought: to leave these rows out, "
            kept = f"coalesce(trim({log.text(column)}), '') <> {literal(given_back[0])}"
            yield question(f"{WHERE}.columns.amount", told, offer=Change(kept))
            return


def about_states_given_back(log: Log) -> Iterator[Advice]:
    """Ask about states of orders that were given back, of which nothing takes off what was paid."""
    column = log.column("status")
    if column is None or column.distinct > SOME or not log.paid or _above_and_below(log, log.paid)[1]:
        return
    back = [
        state
        for state in log.values(column)
        if re.search(WAS_GIVEN_BACK, plain(state))
        and not re.search(NOT_OR_IN_PART, plain(state))
        and state.casefold() not in log.cancelled
    ]
    words_of_sql = ", ".join(map(literal, back)) or "NULL"
    above, _ = _above_and_below(log, log.paid, f"{column.key} IN ({words_of_sql})")
    if above and not any(_seems_refunded(other) for other in log.other_numbers):
        words = ", ".join(map(shown, back))
        told = f'{counted(above):row is/rows are} {words} in "{column.name}", with an amount above zero, and '
        told += (
            "would count as bought. Where the day on which it came back is known, read these rows as a table "
        )
        told += f"of returns; else add {words} to its list, which leaves them out as if never ordered"
        yield question("ingest.cancelled_status", told)


def about_nothing_paid(log: Log) -> Iterator[Advice]:
    """Ask about a kind of rows of which none has an amount, beside others of which most have one."""
    paid, order = log.column("amount"), log.column("order_id")
    for column in log.free if paid else ():
        if paid is None or not 1 < column.distinct <= FEW_KINDS or not column.is_handful:
            continue
        names = {"kind": column.key, "paid": paid.key, "order": order.key if order else "(file_no, line)"}
        rows = log.ask(NOTHING_PAID.format(**names, sign=SIGN.format(column=paid.key)), "kinds")
        free = {kind: rows for kind, rows, nothing in rows if nothing == rows >= FEWEST_ORDERS}
        if free and len(free) < len(rows):
            words = ", ".join(map(literal, free))
            told = f"{counted(sum(free.values())):row is/rows are} "
            told += f'{words} in "{column.name}", all with an amount of 0, and would count as orders. '
            told += "If nobody ordered anything there, "
            kept = f"coalesce(trim({log.text(column)}), '') NOT IN ({words})"
            yield question(f"{WHERE}.columns.amount", told, offer=Change(kept))
            return


def about_pieces_below_zero(log: Log) -> Iterator[Advice]:
    """Ask about pieces below zero beside an amount above it."""
    amount = log.column("amount")
    for column in log.other_numbers if amount else []:
        if amount is None or not ROLES["quantity"].rate(column.plain_name):
            continue
        below = f"{SIGN.format(column=column.key)} < 0"
        above, also_below = _above_and_below(log, [amount], below)
        if above and not also_below:
            told = (
                f'{counted(above):row has/rows have} "{column.name}" below zero and "{amount.name}" above. '
            )
            told += "If that was given back, it would count as bought: the proposed query turns its sign. If "
            is_below = f"starts_with(trim({log.text(column)}), '-')"
            turned = _where(is_below, _negative(log, amount), amount)
            yield question(f"{WHERE}.columns.amount", f"{told}not, leave that out", change=turned)
            return


def about_stages(log: Log) -> Iterator[Advice]:
    """Ask about rows of a kind that is no sale yet, or that tells of a sale as a row of another kind does."""
    customer, amount = log.column("customer_id"), log.column("amount")
    if customer is None or amount is None:
        return
    for column in log.free:
        is_kind = re.search(A_KIND, column.plain_name) and not re.search(OF_ELSE, column.plain_name)
        if not (is_kind and 1 < column.distinct <= FEW_KINDS):
            continue
        names = {"kind": column.key, "customer": customer.key, "paid": amount.key}
        rows = log.ask(OF_THE_SAME.format(**names), "kinds of rows")
        twins = [kind for kind, rows, twins in rows if rows >= FEWEST_ORDERS and twins >= TWINS * rows]
        no_sale = [kind for kind, *_ in rows if re.search(NO_SALE, plain(kind))]
        if no_sale or twins:
            kinds = ", ".join(f"{shown(kind)} {rows:,}" for kind, rows, _ in rows)
            told = f'"{column.name}" tells kinds of rows: {kinds}. '
            if twins and is_varied(amount.distinct, log.rows):
                of_others = ", ".join(map(shown, twins))
                told += (
                    f"Nearly each row that is {of_others} has one of another kind, of the customer and over "
                )
                told += "the same: if both tell of one sale, it counts twice. "
            elif not no_sale:
                continue
            kept = [kind for kind, *_ in rows if kind not in (no_sale or twins)]
            where = f"trim({log.text(column)}) IN ({', '.join(map(literal, kept))})"
            told += "Keep those of one kind, or those that are sales: to do so, "
            yield question(f"{WHERE}.columns.amount", told, offer=Change(where) if kept else None)
            return


def about_other_side(log: Log) -> Iterator[Advice]:
    """Tell of a column of credits that has a number where the one of debits, the amounts, has none."""
    amount, found = log.column("amount"), other_side(log)
    if amount and found:
        other, there = found
        both = _where(_above_zero(log, other), _negative(log, other), amount)
        told = (
            f'"{other.name}" has a number in {counted(there):row/rows} in which "{amount.name}" has none. '
            f"{PAYMENTS}If that was given back, "
        )
        yield Advice("other side", told, offer=both)


def other_side(log: Log) -> tuple[Column, int] | None:
    """Find the column of credits beside one of debits, and in how many rows it stands for the amount."""
    amount = log.column("amount")
    if not (amount and re.search(DEBIT, amount.plain_name)):
        return None
    for other in log.other_numbers:
        none = f"{SIGN.format(column=amount.key)} = 0"
        there, _ = _above_and_below(log, [other], none) if re.search(CREDIT, other.plain_name) else (0, 0)
        if there:
            return other, there
    return None


def about_refunds(log: Log) -> Iterator[Advice]:
    """Ask about a column of what was refunded, which nothing takes off: amounts are as the log has them."""
    amount, order = log.column("amount"), log.column("order_id")
    needed = log.column("customer_id"), log.column("ordered_at")
    if amount is None or not all(needed) or _above_and_below(log, [amount])[1]:
        return
    for refund in filter(_seems_refunded, log.other_numbers):
        several, same, different = _refunded_alike(log, refund)
        is_alike = several >= FEWEST_REFUNDED and same >= NEARLY_ALL * several
        is_of_order = is_alike and is_varied(different, several)
        is_unclear = not is_of_order and (is_alike or 0 < same == several)
        if is_unclear or (is_of_order and order and order.filled < log.rows):
            told = f'"{refund.name}" may be that of each line or that of its order: nothing takes it off. '
            yield Advice("refunds", f"{told}A table of returns does: docs/bring-your-own-data.md")
            continue
        if above := _refunds(log, refund, amount, is_of_order=is_of_order):
            told = f'"{refund.name}" is above zero in {counted(above):row/rows}. '
            once = (order.name, refund.name) if order and is_of_order else ()
            told += "It stands on every line of an order, and is read once. " if once else ""
            told += (
                "The proposed table returns takes it off from the day of the order on; leave that out where "
                f'"{amount.name}" is what was left'
            )
            change = Change(_above_zero(log, refund), above, once=once)
            asked = question("sources.returns", told)
            yield replace(asked, refund=Refund(refund.name, change))
            return


def _above_and_below(log: Log, columns: Sequence[Column], where: str = "TRUE") -> tuple[int, int]:
    """Count the rows in which all columns are above zero, and those in which one is below."""
    lowest = ", ".join(SIGN.format(column=column.key) for column in columns)
    statement = f"""
        SELECT count(*) FILTER (WHERE sign > 0), count(*) FILTER (WHERE sign < 0)
        FROM (SELECT least({lowest}) AS sign FROM raw WHERE {where})"""
    [(above, below)] = log.ask(statement, "signs")
    return above, below


def _seems_refunded(column: Column) -> bool:
    name = column.plain_name
    return bool(re.search(REFUNDED, name) and not re.search(NO_MONEY, name) and column.decimals)


def _refunds(log: Log, column: Column, amount: Column, *, is_of_order: bool) -> int:
    """Count the rows that were refunded; none where a column seems to be no money of the amount."""
    names = {"refund": NUMBER.format(column=column.key), "amount": NUMBER.format(column=amount.key)}
    order = log.column("order_id")
    larger = LARGER_THAN_ORDER if order and is_of_order else LARGER
    if log.ask(larger.format(order=order and order.key, **names), "larger refunds"):
        return 0
    above, _ = _above_and_below(log, [column])
    return above if above <= log.rows / 2 else 0


def _refunded_alike(log: Log, refund: Column) -> tuple[int, int, int]:
    """Count the refunded orders of several lines, those with one refund on all, and the refunds of these."""
    order = log.column("order_id")
    if order is None:
        return 0, 0, 0
    statement = REFUNDED_ALIKE.format(order=order.key, refund=NUMBER.format(column=refund.key))
    [(several, same, different)] = log.ask(statement, "refunds of orders")
    return several, same, different


def _where(condition: str, value: str, amount: Column) -> Change:
    """Write another amount where a condition holds."""
    return Change(
        column=amount.name,
        value=lambda before: f"CASE WHEN {condition} THEN {value} ELSE CAST({before} AS VARCHAR) END",
    )


def _negative(log: Log, column: Column) -> str:
    return f"concat('-', ltrim({log.text(column)}, '+ '))"


def _above_zero(log: Log, column: Column) -> str:
    return f"regexp_matches({log.text(column)}, '[1-9]')"
