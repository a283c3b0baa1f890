"""How the dates and the amounts are written: decided over all of them, or asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.errors import UserError
from pipeline.tables import amounts, dates
from pipeline.tables.inspection.log import WHERE, Advice, Log, listed, question, shown
from pipeline.tables.inspection.names import OF_WHAT_WAS_BOOKED
from pipeline.tables.inspection.roles import ENOUGH, Column
from pipeline.tables.sources.readers import NUMBERS, TIMES

SHIPPED = r"ship|liefer|deliver|versand"
ASKED = "cannot be decided: see the question"


def about_dates(log: Log) -> Iterator[Advice]:
    """Find the format of the dates, and whether they say in which time zone they are."""
    column = log.column("ordered_at")
    if column is None:
        unknown = "not known without a column of dates"
        yield Advice("dates", unknown)
        yield Advice("time zone", unknown)
    elif log.raw.typed_as(TIMES, column.key):
        yield Advice("dates", "typed in the file")
        yield _about_zone(log, column, dates.ISO)
    else:
        try:
            chosen = dates.choose(log.con, column.key, log.spec.date_format, f"{WHERE}.date_format")
        except UserError as error:
            yield Advice("dates", ASKED)
            yield Advice("time zone", ASKED)
            yield Advice("dates", str(error), asks=True)
        else:
            yield _about_format(log, column, chosen)
            yield _about_zone(log, column, chosen)


def _about_format(log: Log, column: Column, chosen: dates.DateFormat) -> Advice:
    read, rows = dates.count_read(log.con, column.key, chosen)
    twin = dates.twin_of(chosen)
    against = ""
    if twin:
        others, _ = dates.count_read(log.con, column.key, twin)
        against = f" ({twin.name} would read {others:,})"
    told = f"{chosen.name}: reads {read:,} of {rows:,} values{against}"
    return Advice("dates", told, settings={"date_format": chosen.pattern or "auto"})


def _about_zone(log: Log, column: Column, by: dates.DateFormat) -> Advice:
    instants = dates.count_zoned(log.con, column.key, by)
    if not instants:
        return Advice("time zone", "none given, taken as written")
    others = "" if instants == column.filled else f"; the other {column.filled - instants:,} taken as written"
    told = (
        f"{instants:,} of {column.filled:,} values say which instant they are and become UTC{others}. "
        "For the shop's own days set ingest.timezone, such as Europe/Berlin"
    )
    return Advice("time zone", told)


def about_day_of_shipping(log: Log) -> Iterator[Advice]:
    """Ask about the date of a log where none has a better name than that of shipping, or of a visit."""
    date = log.column("ordered_at")
    is_shipped = date and re.search(SHIPPED, date.plain_name)
    if date is None or not (is_shipped or re.search(OF_WHAT_WAS_BOOKED, date.plain_name)):
        return
    others = [other for other in log.columns if other != date and other.dates >= ENOUGH > other.numbers]
    nearer = f"Is one of the other dates nearer to the order ({listed(others)})? " if others else ""
    what = "when an order was shipped" if is_shipped else "the day of what was booked"
    late = "their parcels" if is_shipped else "that day"
    told = (
        f"{date.name} seems to be {what}. {nearer}Is there a day of ordering in another "
        "file? If so, join the two: docs/bring-your-own-data.md, Tables that belong together. If not, leave "
        f"it as it is: orders are then as late as {late}"
    )
    yield question(f"{WHERE}.columns.ordered_at", told)


def about_decimals(log: Log) -> Iterator[Advice]:
    """Find the decimal sign of the amounts."""
    if not log.paid:
        yield Advice("decimal", "not known without a column of amounts")
    elif all(log.raw.typed_as(NUMBERS, column.key) for column in log.paid):
        # A query may make texts of them; a sheet is saved as text in the way of the country.
        settings = {} if log.raw.encodings == "excel" else {"decimal": "."}
        yield Advice("decimal", "typed numbers in the file", settings=settings)
    else:
        try:
            sign = decimal_sign(log)
        except UserError as error:
            yield Advice("decimal", ASKED)
            yield Advice("decimal", str(error), asks=True)
        else:
            told = " and ".join(
                f"all {column.filled:,} values of {shown(column.name)}" for column in log.paid
            )
            yield Advice("decimal", f'"{sign}", decided over {told}', settings={"decimal": sign})


def decimal_sign(log: Log) -> str:
    """Choose the decimal sign over all that a run reads as numbers, as it does.

    Raises
    ------
    UserError
        If it cannot be decided.
    """
    texts = " UNION ALL ".join(f"SELECT {column.key} AS amount FROM raw" for column in log.paid)
    return amounts.choose(log.con, texts, log.spec.decimal, WHERE)
