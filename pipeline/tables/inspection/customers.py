"""Whether the ids of customers are those of people: made anew, written in two ways, or shared by many."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pipeline.counted import counted
from pipeline.engine.quoting import literal
from pipeline.tables.inspection.log import FEWEST_ORDERS, WHERE, Advice, Log, question
from pipeline.tables.inspection.query import Change
from pipeline.tables.inspection.roles import plain
from pipeline.tables.orders.identity import NOBODY, NUMBER, SCIENTIFIC, spelling
from pipeline.tables.signals import stands_for_many

NEARLY_ALL_ALONE = 0.99
NO_NUMBER = r"0+|-1|9{4,}"
NOBODY_AT_ALL = f"{NO_NUMBER}|{NOBODY}"
NAMED = 5  # ids of nobody
SHOWN = 32  # characters of a value that stands for nobody
SPELLED_ALIKE = """
    SELECT count(*) - count(DISTINCT {small}) FROM (SELECT DISTINCT {column} FROM raw WHERE {column} <> '')"""
AS_A_NUMBER = f"regexp_replace({{id}}, {literal(NUMBER)}, '\\1')"
NOBODIES = """
    SELECT {column}, rows FROM (SELECT {column}, count(*) AS rows FROM raw GROUP BY {column})
    WHERE regexp_full_match({column}, {words}) ORDER BY rows DESC, {column}"""
# What stands for no customer is no shared account.
COMMONEST = """
    SELECT {column}, count(*) AS rows FROM raw
    WHERE NOT is_no_id({column})
    GROUP BY {column} ORDER BY rows DESC, {column} LIMIT 2"""


def about_new_ids(log: Log) -> Iterator[Advice]:
    """Ask about ids that hardly ever come twice."""
    column, order = log.column("customer_id"), log.column("order_id")
    if column is None:
        return
    orders = order.distinct if order and order.filled == log.rows else column.filled
    if orders >= FEWEST_ORDERS and column.distinct >= NEARLY_ALL_ALONE * orders:
        of = "orders" if orders < column.filled else "rows"
        told = f'"{column.name}" has {column.distinct:,} different values in {orders:,} {of}'
        yield question(
            f"{WHERE}.columns.customer_id",
            f"{told}: hardly anybody would ever have come back. If this id is made anew for each order, "
            "map the one that stays with a person; if that stands in another file, join the two: "
            "docs/bring-your-own-data.md, Tables that belong together",
        )


def about_spelling(log: Log) -> Iterator[Advice]:
    """Tell of ids that differ by capitals alone."""
    if column := log.column("customer_id"):
        small = spelling(column.key, "small_letters")
        [(alike,)] = log.ask(SPELLED_ALIKE.format(column=column.key, small=small), "spelled alike")
        if alike:
            told = f"{counted(alike):id differs/ids differ} from another one in capitals alone"
            yield Advice(
                "customers", f"{told}; if these are the same people, ingest.customer_ids: small_letters"
            )


def about_numbers(log: Log) -> Iterator[Advice]:
    """Tell of ids that differ by leading zeros or a ".0" alone, and of a ".0" at the end of all."""
    column = log.column("customer_id")
    if column is None:
        return
    bare = AS_A_NUMBER.format(id=column.key)
    [(alike,)] = log.ask(SPELLED_ALIKE.format(column=column.key, small=bare), "numbers alike")
    bare_ids = Change(column=column.name, value=lambda id_: AS_A_NUMBER.format(id=f"trim({id_})"))
    if alike:
        told = f"{counted(alike):id differs/ids differ} from another one in leading zeros or a "
        told += '".0" at the end alone, as spreadsheets write numbers. If these are the same people, '
        told += "to write their ids without (where the CRM has the zeros, add them by lpad), "
        yield Advice("customers", told, offer=bare_ids)
    elif column.floats == 1:
        told = 'all ids end in ".0". If the CRM knows them without, to cut it off, '
        yield Advice("customers", told, offer=bare_ids)


def about_rounded(log: Log) -> Iterator[Advice]:
    """Ask about ids that a spreadsheet has rounded."""
    if column := log.column("customer_id"):
        is_rounded = f"regexp_full_match({column.key}, {literal(SCIENTIFIC)})"
        of_ids = f"FROM (SELECT DISTINCT {column.key} FROM raw)"
        [(ids,)] = log.ask(f"SELECT count(*) {of_ids} WHERE {is_rounded}", "rounded ids")
        if ids:
            told = f"{counted(ids):id is/ids are} written like 1.23E+11: a spreadsheet has rounded them, and "
            told += "one may be several customers. Export that column as text"
            yield question(f"{WHERE}.columns.customer_id", told)


def about_nobodies(log: Log) -> Iterator[Advice]:
    """Ask about ids that are a word for nobody or for a test, other than the one that many share."""
    column, shared = log.column("customer_id"), shared_id(log)
    words = literal(f"(?i)({NOBODY})")
    rows = log.ask(NOBODIES.format(column=column.key, words=words), "nobodies") if column else []
    found = [(id_, n) for id_, n in rows if not shared or id_ != shared[0]]
    if found:
        told = ", ".join(f'"{id_}" ({counted(n):row/rows})' for id_, n in found[:NAMED])
        told += f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        told += ": these ids seem to mean nobody, or a test, and the rows of each count as one customer's. "
        names = [id_ for id_, _ in found]
        is_short = len(names) <= NAMED and not any("@" in name for name in names)
        of_file = "file:data/raw/staff.txt, a file with one of them on each line"
        told += f"If so, set ingest.exclude_customers: {json.dumps(names) if is_short else of_file}"
        yield question(f"{WHERE}.columns.customer_id", told)


def about_shared_ids(log: Log) -> Iterator[Advice]:
    """Tell of an id that many people share."""
    column, found = log.column("customer_id"), shared_id(log)
    if column and found:
        shared, most, next_most = found
        mails = [other.name for other in log.columns if "mail" in other.plain_name and other != column]
        such_as = f', such as "{mails[0]}",' if mails else ""
        told = f'"{shared}" stands in {most:,} of {column.filled:,} rows, the next id in {next_most:,}'
        itself = re.sub(r"[*?[]", r"[\g<0>]", shared)  # in a pattern these stand for other characters
        advice = f'map what tells these people apart{such_as} or set ingest.exclude_customers: ["{itself}"]'
        yield question(f"{WHERE}.columns.customer_id", f"{told}: it seems to mean nobody; {advice}")


def shared_id(log: Log) -> tuple[str, int, int] | None:
    """Find an id that many people share, in how many rows it stands, and in how many the next."""
    column = log.column("customer_id")
    rows = log.ask(COMMONEST.format(column=column.key), "commonest") if column else []
    if column and len(rows) == 2 and len(rows[0][0]) <= SHOWN:
        (shared, most), (_, next_most) = rows
        is_nobody = re.fullmatch(NOBODY_AT_ALL, plain(shared)) and most >= FEWEST_ORDERS
        if (is_nobody and most > 2 * next_most) or stands_for_many(most, next_most, column.filled):
            return shared, most, next_most
    return None
