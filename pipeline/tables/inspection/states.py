"""Which orders came to nothing: by their state, or by a day of cancelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.counted import counted
from pipeline.tables.inspection.log import SOME, Advice, Log, shown
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import CANCELLED, ENOUGH, Column, plain

YES = ("ja", "j", "yes", "y", "true", "t", "1", "x")
CAME_TO_NOTHING = (
    r"(?<![a-z])(storn|cancel|void|fail|fehlgeschl|abgebroch|abgelehnt|declined|rejected|expired|verfallen)"
)
NOT_OR_IN_PART = r"(?<![a-z])(nicht|nie|not?|never|teil|part)"
CANCELLED_ON = (
    r"^(order|auftrag|bestell)?(storn(o|iert|ierung)s?|cancell?(ed|ation))"
    r"(am|at|on|datum|date|time|zeit)$"
)


def about_states(log: Log) -> Iterator[Advice]:
    """Name the states of an order, where they are few: some of them may mean that it is none."""
    column = log.column("status")
    if column and column.distinct <= SOME:
        states = log.values(column)
        nothing = ", ".join(shown(state) for state in states if _is_cancelled(column, state))
        advice = "Those of orders that came to nothing belong in ingest.cancelled_status"
        named = ", ".join(map(shown, states))
        yield Advice("states", f"{named}. {advice}{nothing and f': {nothing}?'}")


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


def _is_cancelled(column: Column, state: str) -> bool:
    """Tell whether a state seems to be that of an order that came to nothing."""
    is_flag = re.search(CANCELLED, column.plain_name) and plain(state) in YES
    came_to_nothing = re.search(CAME_TO_NOTHING, plain(state)) and not re.search(NOT_OR_IN_PART, plain(state))
    return bool(is_flag or came_to_nothing)
