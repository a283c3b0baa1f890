"""What a log has to have: which columns are what, which are not found, and where they are empty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.counted import counted
from pipeline.engine.quoting import identifier
from pipeline.tables.inspection.log import WHERE, Advice, Log, listed, question, shown
from pipeline.tables.inspection.query import Change, in_place, select
from pipeline.tables.inspection.roles import REQUIRED
from pipeline.tables.inspection.signs import other_side

ALWAYS = (*REQUIRED, "order_id")  # the other columns are named where there are any
ELSEWHERE = (
    "If it stands in another file, join the two: docs/bring-your-own-data.md, Tables that belong together."
)
UNREAD_DATES = (
    'If its dates are written in a way of their own, name it and their date_format, such as "%d-%m-%y"; '
    "numbers such as 45292 are days as a spreadsheet counts them: save the column as dates. "
)
NO_AMOUNTS = (
    " If the shop has no amounts, let every order count 1, and spend and CLV are counts of orders: {first}"
    "set report.currency: XXX, map amount as amount and, in place of path, set url: duckdb:// and "
    "query: {query}"
)
A_DAY = r"(day|tag)(no|nr|num|number|nummer|s|e)?"
COUNTED_DAYS = (
    "If {column} counts days, {first}map ordered_at as ordered_at and, in place of path, set url: duckdb:// "
    "and query: {query}, with the day before the first in place of 2020-01-01. Where nobody knows it, any "
    "will do, but weekdays and months are then not those of the calendar. "
)
BETWEEN_ORDERS = r"(days?|tage?)(since|seit)|since(last|prior|prev)"


def about_roles(log: Log) -> Iterator[Advice]:
    """Say which column is what, and why."""
    for role, guess in log.guesses.items():
        if guess:
            yield Advice(role, f"{shown(guess.column.name)}: {guess.because}")
        elif role == "order_id":
            yield Advice(role, "no column: every row is an order")
        elif role in ALWAYS:
            yield Advice(role, "not found: see the question")


def about_missing(log: Log) -> Iterator[Advice]:
    """Ask for a column that has to be there and is not found."""
    for role in REQUIRED:
        if role in log.guesses and not log.guesses[role]:
            advice = ELSEWHERE
            if role == "amount":
                query = select(log.table, Change(added="1", role="amount"))
                advice += NO_AMOUNTS.format(query=query, first=log.table.first)
            if role == "ordered_at":
                advice = (_about_days(log) or UNREAD_DATES) + advice
            names = listed(log.columns)
            told = f"no column seems to be it; which is it of: {names}? {advice}"
            yield question(f"{WHERE}.columns.{role}", told)


def _about_days(log: Log) -> str:
    """Say what helps a log without dates that has numbers of days."""
    for column in log.columns:
        name = identifier(column.name)
        if column.numbers == 1 and re.fullmatch(A_DAY, column.plain_name):
            change = Change(added=f"DATE '2020-01-01' + {name}::INTEGER", role="ordered_at")
            query = select(log.table, change)
            return COUNTED_DAYS.format(column=name, first=log.table.first, query=query)
        if column.numbers == 1 and re.search(BETWEEN_ORDERS, column.plain_name):
            return (
                f"{name} seems to tell how long after the one before an order came, not when: a log without "
                "a single date cannot be used. "
            )
    return ""


def about_empty(log: Log) -> Iterator[Advice]:
    """Tell the rows that will go to quarantine because they have no value where there has to be one."""
    for role in (*REQUIRED, "unit_price", "quantity"):
        column = log.column(role)
        if column and (missing := log.rows - column.filled):
            empty = f"{shown(column.name)} is empty in {missing:,} of {counted(log.rows):row/rows}"
            advice = ""
            if role == "customer_id":
                advice = _about_anonymous(log, column.filled)
            if role == "amount" and log.guesses["order_id"] and not other_side(log):
                further_lines = Change(where=f"{identifier(column.name)} IS NOT NULL")
                advice = (
                    "; if these are further lines of orders whose total stands on the first line, to read "
                    f"the others alone, {in_place(log.table, further_lines)}"
                )
            yield Advice("quarantine", f"{empty} ({missing / log.rows:.1%}){advice}")


def _about_anonymous(log: Log, filled: int) -> str:
    by_mail = [other for other in log.columns if "mail" in other.plain_name and other.filled > filled]
    or_by_mail = f", or map {shown(by_mail[0].name)}, which fewer rows lack" if by_mail else ""
    return f"; if such sales are normal here, ingest.missing_customer_id: leave_out{or_by_mail}"
