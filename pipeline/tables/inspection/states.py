"""Which orders came to nothing: by their state, or by a day of cancelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.counted import counted
from pipeline.engine.quoting import literal
from pipeline.tables.inspection.log import NEARLY_ALL, NUMBER, SOME, Advice, Log, question, shown
from pipeline.tables.inspection.names import CANCELLED, ROLES
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import ENOUGH, Column, Guess, plain

YES = ("ja", "j", "yes", "y", "true", "t", "1", "x")
YES_OR_NO = 2  # values; more of them count pieces
CAME_TO_NOTHING = (
    r"(?<![a-z])(storn(?![a-z]*bar)|cancel(?![a-z]*abl)|void(?!abl)|fail|fehlgeschl|abgebroch|abgelehnt|declined|rejected|expired|verfallen|"
    r"(ge)?ann?ul|iptal|makul)"
)
# Of the rows that came to nothing, those with another of the customer over the same amount, above zero.
TAKEN_BACK = """
    SELECT count(*) FILTER (came_to_nothing),
           count(*) FILTER (came_to_nothing AND paid < 0 AND list_contains(bought, -paid))
    FROM (
        SELECT paid, came_to_nothing,
               list(paid) FILTER (NOT came_to_nothing) OVER (PARTITION BY customer) AS bought
        FROM (
            SELECT {paid} AS paid, {state} IN ({nothing}) AS came_to_nothing, {customer} AS customer
            FROM raw)
    )"""
NOT_OR_IN_PART = r"(?<![a-z])(nicht|nie|not?|non|never|teil|part(?!ner)|free|kostenlos)|versicher|insur|flex"
DELETED = r"^(is|ist|was|soft)?(deleted?|geloescht|loesch(vermerk)?)(flag|kz|kennzeichen)?$"
CANCELLED_ON = (
    r"^(order|auftrag|bestell)?(storn(o|iert|ierung)s?|cancell?(ed|ation)|deleted|geloescht|loesch)"
    r"(am|at|on|datum|date|time|zeit)$"
)


def by_its_words(log: Log) -> tuple[Log, list[Advice]]:
    """Find the state of an order, where no column is called so, by a word for what came to nothing."""
    if log.column("status"):
        return log, []
    for column in log.free:
        is_another = re.search(ROLES["status"].less, column.plain_name) or column.dates >= ENOUGH
        if is_another or column.distinct > SOME or not column.is_handful:
            continue
        if cancelled_states(log, column):
            because = "one of its values is a word for what came to nothing"
            return replace(log, guesses=dict(log.guesses) | {"status": Guess(column, because)}), []
    return log, []


def without_bookings(log: Log) -> tuple[Log, list[Advice]]:
    """Take no column for the state where what came to nothing takes back another row, below zero."""
    column, customer = log.column("status"), log.column("customer_id")
    if column is None or customer is None or column.distinct > SOME or not log.paid:
        return log, []
    nothing = cancelled_states(log, column)
    words = ", ".join(map(literal, nothing))
    paid = " * ".join(NUMBER.format(column=paid.key) for paid in log.paid)
    names = {"state": column.key, "nothing": words or "''", "customer": customer.key, "paid": paid}
    [(rows, taken_back)] = log.ask(TAKEN_BACK.format(**names), "taken back")
    if not nothing or taken_back < NEARLY_ALL * max(rows, 1):
        return log, []
    told = (
        f'what is {", ".join(map(shown, nothing))} in "{column.name}" is below zero and takes back another '
    )
    advice = Advice("states", f"{told}row of the customer in {taken_back:,} of {rows:,} rows: both are read")
    return replace(log, guesses=dict(log.guesses) | {"status": None}), [advice]


def about_states(log: Log) -> Iterator[Advice]:
    """Name the states of an order, where they are few: some of them may mean that it is none."""
    column = log.column("status")
    if column is None or column.distinct > SOME:
        return
    states, nothing = log.values(column), cancelled_states(log, column)
    unlisted = [state for state in nothing if state.casefold() not in log.cancelled]
    told = ", ".join(map(shown, states))
    if nothing and column.distinct <= YES_OR_NO and re.search(CANCELLED, column.plain_name):
        kept = f"coalesce(trim({log.text(column)}), '') NOT IN ({', '.join(map(literal, nothing))})"
        rows = _count(log, f"{column.key} NOT IN ({', '.join(map(literal, nothing))})")
        told += f'. "{column.name}" tells which orders came to nothing: the proposed query leaves them out'
        yield Advice("states", told, change=Change(kept, rows, role="status"))
        return
    told += ". Those of orders that came to nothing belong in ingest.cancelled_status"
    if nothing and not unlisted:
        told += f", as {', '.join(map(shown, nothing))} does already"
    yield Advice("states", told)
    if unlisted:
        words = ", ".join(map(shown, unlisted))
        rows = _count(log, f"{column.key} IN ({', '.join(map(literal, unlisted))})")
        told = (
            f'{counted(rows):row is/rows are} {words} in "{column.name}" and would count as orders. If they'
        )
        yield question("ingest.cancelled_status", f"{told} came to nothing, add {words} to its list")


def cancelled_states(log: Log, column: Column) -> list[str]:
    """List the states that seem to be of orders that came to nothing."""
    return [state for state in log.values(column) if _is_cancelled(column, state)]


def are_cancelled(log: Log, without: Column) -> bool:
    """Tell whether every row without a value in a column is of an order that came to nothing."""
    status = log.column("status")
    nothing = cancelled_states(log, status) if status and status.distinct <= SOME else []
    if not (status and nothing):
        return False
    return not _count(log, f"{without.key} = '' AND {status.key} NOT IN ({', '.join(map(literal, nothing))})")


def _count(log: Log, where: str) -> int:
    [(rows,)] = log.ask(f"SELECT count(*) FROM raw WHERE {where}", "rows")
    return int(rows)


def about_cancelled_on(log: Log) -> Iterator[Advice]:
    """Tell of a column that is filled where an order was cancelled, such as the day it was."""
    for column in log.free:
        is_day = column.dates >= ENOUGH and re.search(CANCELLED_ON, column.plain_name)
        if is_day and column.filled < log.rows / 2:
            told = (
                f'"{column.name}" is filled in {counted(column.filled):row/rows}: these orders seem to have'
            )
            told += " come to nothing, and the proposed query leaves them out"
            kept = sum(file.rows for file in log.raw.files) - column.filled
            yield Advice("cancelled", told, change=Change(log.is_empty(column), kept))
            return


def about_deleted(log: Log) -> Iterator[Advice]:
    """Tell of a column that marks rows as deleted, which nothing else leaves out."""
    for column in log.free:
        if column.distinct > YES_OR_NO or not re.search(DELETED, column.plain_name):
            continue
        marks = ", ".join(literal(value) for value in log.values(column) if plain(value) in YES)
        marked = _count(log, f"{column.key} IN ({marks})") if marks else 0
        if 0 < marked < log.rows / 2:
            told = f'"{column.name}" marks {counted(marked):row/rows}, which the proposed query leaves out'
            kept = f"coalesce(trim({log.text(column)}), '') NOT IN ({marks})"
            yield Advice("deleted", told, change=Change(kept, log.rows - marked))
            return


def _is_cancelled(column: Column, state: str) -> bool:
    """Tell whether a state seems to be that of an order that came to nothing."""
    is_flag = re.search(CANCELLED, column.plain_name) and plain(state) in YES
    came_to_nothing = re.search(CAME_TO_NOTHING, plain(state)) and not re.search(NOT_OR_IN_PART, plain(state))
    return bool(is_flag or came_to_nothing)
