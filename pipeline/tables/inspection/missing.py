"""What a log has to have: which columns are what, which are not found, and where they are empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.counted import counted
from pipeline.engine.quoting import identifier
from pipeline.tables.inspection.customers import shared_id
from pipeline.tables.inspection.log import NEARLY_ALL, WHERE, Advice, Log, listed, question, shown
from pipeline.tables.inspection.names import PERSON, ROLES
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import ENOUGH, REQUIRED, Column
from pipeline.tables.inspection.signs import other_side
from pipeline.tables.inspection.states import are_cancelled
from pipeline.tables.inspection.tables import likely_tables

ALWAYS = (*REQUIRED, "order_id")  # the other columns are named where there are any
ELSEWHERE = (
    "If it stands in another file, join the two: docs/bring-your-own-data.md, Tables that belong together."
)
UNREAD_DATES = (
    'If its dates are written in a way of their own, name it and their date_format, such as "%d-%m-%y"; '
    "numbers such as 45292 are days as a spreadsheet counts them: save the column as dates. "
)
SOME_READ = 0.05  # of the values
TWO_WAYS = (
    "{column} reads as dates in {share} of its rows: it seems to be written in several ways. A query makes "
    "it one, such as SELECT * REPLACE (coalesce(try_strptime({column}, '%d.%m.%Y'), try_strptime({column}, "
    "'%Y-%m-%d')) AS {column}) FROM read_csv('data/raw/orders.csv', all_varchar = true). "
)
OF_A_TABLE = "The file seems to be the table {0}: churn inspect FILE --as {0}. "
NO_AMOUNTS = (
    " If the shop has no amounts, let every order count 1, and spend and CLV are counts of orders: "
    "set report.currency: XXX, map amount as {name} and "
)
# The formats of which no day can be read in two ways; else a number of days from the last of 1899.
COUNTED = "[2-6][0-9][0-9][0-9][0-9]([.]0+)?"
EACH_WAY = (
    "coalesce(try_strptime(trim({text}), ['%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S', '%Y-%m-%d', "
    "'%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S']), DATE '1899-12-30' + "
    f"CAST(TRY_CAST(regexp_extract(trim({{text}}), '^({COUNTED})$', 1) AS DOUBLE) AS INTEGER))"
)
SEVERAL_WAYS = (
    "holds dates written in several ways, of which no format reads all: the proposed query reads each as it "
    "is written, and numbers such as 45292 as days as a spreadsheet counts them. If these are none, put the "
    "column right where it comes from"
)
A_DAY = r"(day|tag)(no|nr|num|number|nummer|s|e)?"
A_YEAR, A_MONTH, A_DAY_OF_IT = "(year|jahr)", "(month|monat)", "(day|tag)(ofmonth)?"
A_PERIOD = rf"{A_YEAR}|{A_MONTH}"
OF_NO_ORDER = rf"birth|geb|expir|ablauf|gueltig|valid|join|regist|{PERSON}"
EARLIEST_YEAR, MONTHS, DAYS_OF_A_WEEK, DAYS_OF_A_MONTH = 1990, 12, 7, 31
COUNTED_DAYS = (
    "{column} seems to count days: the proposed query makes dates of it; write the day before the first in "
    "place of 2020-01-01. Where nobody knows it, any will do, but weekdays and months are then not those of "
    "the calendar. "
)
TOTALS = """
    SELECT count(*) FILTER (lines > 1), count(*) FILTER (lines > 1 AND filled = 1),
           count(*) FILTER (filled = 0)
    FROM (
        SELECT count(*) AS lines, count(*) FILTER ({amount} <> '') AS filled FROM raw GROUP BY {order}
    )"""
BETWEEN_ORDERS = r"(days?|tage?)(since|seit)|since(last|prior|prev)"


def about_roles(log: Log) -> Iterator[Advice]:
    """Say which column is what, and why."""
    for role, guess in log.guesses.items():
        if guess:
            yield Advice(role, f"{shown(guess.column.name)}: {guess.because}")
        elif role == "order_id":
            yield Advice(role, "no column: every row is an order")
        elif role in ALWAYS:
            is_made = role == "ordered_at" and parts_of_dates(log)
            yield Advice(role, "no column, but days are told" if is_made else "not found: see the question")


def about_missing(log: Log) -> Iterator[Advice]:
    """Ask for a column that has to be there and is not found."""
    for role in REQUIRED:
        if role == "ordered_at" and (parts := parts_of_dates(log)):
            told = f"no column of dates, but {listed(parts)}: the proposed query makes dates of them"
            numbers = ", ".join(f"CAST({identifier(part.name)} AS INTEGER)" for part in parts)
            yield Advice("days", told, change=log.added(role, f"make_date({numbers})"))
        elif role == "ordered_at" and (written := several_ways(log)):
            column, change = written
            yield question(f"{WHERE}.columns.{role}", f"{shown(column.name)} {SEVERAL_WAYS}", change=change)
        elif role in log.guesses and not log.guesses[role]:
            advice, change, offer = ELSEWHERE, None, None
            if role == "amount":
                advice = "".join(map(OF_A_TABLE.format, likely_tables(log))) + ELSEWHERE
                offer = log.added("amount", "1")
                advice += NO_AMOUNTS.format(name=offer.name)
            if role == "ordered_at":
                advice = _about_days(log) + advice
                if days := counted_days(log):
                    change = log.added(role, f"DATE '2020-01-01' + CAST({identifier(days.name)} AS INTEGER)")
            told = f"no column seems to be it; which is it of: {listed(log.columns)}? {advice}"
            yield question(f"{WHERE}.columns.{role}", told, change=change, offer=offer)


def several_ways(log: Log) -> tuple[Column, Change] | None:
    """Write dates of a column that is not found because they are written in several ways, none in doubt."""
    if log.column("ordered_at") or (log.spec.url and log.raw.encodings != "duckdb"):
        return None
    named = [c for c in log.columns if c.dates < ENOUGH and ROLES["ordered_at"].rate(c.plain_name) > 1]
    for column in named:
        read = f"SELECT count(*) FROM raw WHERE {EACH_WAY.format(text=column.key)} >= DATE '1900-01-01'"
        as_numbers = f"SELECT count(*) FROM raw WHERE regexp_full_match({column.key}, '{COUNTED}')"
        [(rows,), (numbers,)] = [*log.ask(read, "days"), *log.ask(as_numbers, "counted days")]
        if rows >= NEARLY_ALL * column.filled and numbers < rows:
            return column, log.added("ordered_at", EACH_WAY.format(text=log.text(column)))
    return None


def parts_of_dates(log: Log) -> list[Column]:
    """Find the columns of year, month and day of the orders, in a log without dates."""
    if log.column("ordered_at"):
        return []
    for year in log.columns:
        before = re.sub(f"({A_YEAR})$", "", year.plain_name)
        parts = [_numbers_called(log, before + part) for part in (A_YEAR, A_MONTH, A_DAY_OF_IT)]
        found = [part for part in parts if part]
        if len(found) == len(parts) and not re.search(OF_NO_ORDER, before) and _make_dates(log, found):
            return found
    return []


def _numbers_called(log: Log, name: str) -> Column | None:
    found = (column for column in log.columns if re.fullmatch(name, column.plain_name))
    return next((column for column in found if column.numbers == 1 and not column.decimals), None)


def _make_dates(log: Log, parts: Sequence[Column]) -> bool:
    """Tell years of four digits from others, and days of a month from those of a week."""
    lowest_and_highest = ", ".join(
        f"min(TRY_CAST({part.key} AS BIGINT)), max(TRY_CAST({part.key} AS BIGINT))" for part in parts
    )
    [bounds] = log.ask(f"SELECT {lowest_and_highest} FROM raw", "parts of dates")
    if None in bounds:
        return False
    first_year, last_year, first_month, last_month, first_day, last_day = bounds
    is_year = first_year >= EARLIEST_YEAR and last_year <= date.today().year
    is_month = first_month >= 1 and last_month <= MONTHS
    return bool(is_year and is_month and first_day >= 1 and DAYS_OF_A_WEEK < last_day <= DAYS_OF_A_MONTH)


def counted_days(log: Log) -> Column | None:
    """Find the column that numbers days, in a log without dates; days of a month or a year are none."""
    if log.column("ordered_at") or any(re.fullmatch(A_PERIOD, column.plain_name) for column in log.columns):
        return None
    for column in log.columns:
        if column.numbers == 1 and re.fullmatch(A_DAY, column.plain_name):
            [(last,)] = log.ask(f"SELECT max(TRY_CAST({column.key} AS BIGINT)) FROM raw", "days")
            if last and last > DAYS_OF_A_MONTH:
                return column
    return None


def _about_days(log: Log) -> str:
    """Say what helps a log without dates."""
    if days := counted_days(log):
        return COUNTED_DAYS.format(column=identifier(days.name))
    for column in log.columns:
        if ROLES["ordered_at"].rate(column.plain_name) and SOME_READ <= column.dates < ENOUGH:
            return TWO_WAYS.format(column=identifier(column.name), share=f"{column.dates:.0%}")
        if column.numbers == 1 and re.search(BETWEEN_ORDERS, column.plain_name):
            return (
                f"{identifier(column.name)} seems to tell how long after the one before an order came, not "
                "when: a log without a single date cannot be used. "
            )
    return UNREAD_DATES


def about_empty(log: Log) -> Iterator[Advice]:
    """Tell the rows that will go to quarantine because they have no value where there has to be one."""
    for role in (*REQUIRED, "unit_price", "quantity", "order_id"):
        column = log.column(role)
        if column and (missing := log.rows - column.filled):
            empty = f"{shown(column.name)} is empty in {missing:,} of {counted(log.rows):row/rows}"
            told = f"{empty} ({missing / log.rows:.1%})"
            if role == "customer_id":
                yield Advice("quarantine", told + _about_anonymous(log, column.filled))
            elif role in ("amount", "unit_price") and are_cancelled(log, column):
                told += ", all of orders that came to nothing: the proposed query leaves them out"
                yield Advice("cancelled", told, change=Change(log.is_filled(column), column.filled))
            elif role == "amount" and not other_side(log):
                yield _further_lines(log, told, column)
            elif role == "order_id":
                yield _without_id(log, f"{told}: these rows go to quarantine", column)
            else:
                yield Advice("quarantine", told)


def _without_id(log: Log, told: str, order: Column) -> Advice:
    """Offer an id to rows without one, unless many people would have the same."""
    customer, date = log.column("customer_id"), log.column("ordered_at")
    if customer is None or date is None or shared_id(log):
        return Advice("order ids", told)
    id_ = f"concat_ws(' ', {identifier(customer.name)}, {identifier(date.name)})"
    given = Change(
        column=order.name,
        value=lambda before: f"coalesce(nullif(trim(CAST({before} AS VARCHAR)), ''), {id_})",
    )
    return Advice("order ids", f"{told}. If what a customer bought at once is an order, ", offer=given)


def _further_lines(log: Log, told: str, amount: Column) -> Advice:
    """Tell of lines without an amount: they may be further lines of orders whose total stands on one."""
    order, first = log.column("order_id"), Change(log.is_filled(amount), amount.filled)
    if order is None:
        return Advice("quarantine", told)
    [(several, one, none)] = log.ask(TOTALS.format(order=order.key, amount=amount.key), "lines with a total")
    if not several or one < NEARLY_ALL * several:
        return Advice("quarantine", told)
    if none:
        told += (
            "; if these are further lines of orders whose total stands on the first line, to read the others"
        )
        return Advice("quarantine", f"{told} alone, ", offer=first)
    told += f"; of {several:,} orders of several lines, {one:,} have their total on one of them"
    return Advice("further lines", f"{told}: the proposed query leaves the others out", change=first)


def _about_anonymous(log: Log, filled: int) -> str:
    by_mail = [other for other in log.columns if "mail" in other.plain_name and other.filled > filled]
    or_by_mail = f", or map {shown(by_mail[0].name)}, which fewer rows lack" if by_mail else ""
    return f"; if such sales are normal here, ingest.missing_customer_id: leave_out{or_by_mail}"
