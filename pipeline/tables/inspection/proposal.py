"""What a file of orders seems to be: how it is written, which column is what, and the parameters for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import amounts, dates
from pipeline.tables.amounts import SHAPES
from pipeline.tables.inspection import doubts, signs
from pipeline.tables.inspection.doubts import Table
from pipeline.tables.inspection.events import purchases_of
from pipeline.tables.inspection.roles import REQUIRED, Column, Guess, guess_roles
from pipeline.tables.sources.header import ASKED
from pipeline.tables.sources.readers import NUMBERS, TIMES, Raw, read_raw

WHERE = "sources.orders"
AUTO = "auto"
FIRST = ("customer_id", "ordered_at", "amount", "unit_price", "quantity", "order_id")
OF_VALUES = ("decimal", "date_format")  # they are looked for in the result of a query, too
ALWAYS = (*REQUIRED, "order_id")  # the other columns are named where there are any
ANONYMOUS = "; if such sales are normal here, ingest.missing_customer_id: leave_out{or_by_mail}"
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
    "query: SELECT *, 1 AS amount FROM {table}"
)
FIRST_LINES = (
    "; if these are further lines of orders whose total stands on the first line, to read the others alone, "
    "{first}set, in place of path, url: duckdb:// and "
    """query: SELECT * FROM {table} WHERE "{column}" IS NOT NULL"""
)
SOME = 20  # states of an order that can be listed
DECIMALS = r"[.,](\d\d|[1-9]|\d{4,})$"  # not 1.234, which may be more than a thousand
NO_DECIMALS = r"[.,]0{4,}$"

Chosen = TypeVar("Chosen")


@dataclass(frozen=True)
class Unread:
    """A source of which nothing is known but its path."""

    path: str
    url: None = None
    table: None = None
    query: None = None
    since: None = None
    sheet: str | None = None
    delimiter: str = AUTO
    encoding: str = AUTO
    decimal: str = AUTO
    date_format: str = AUTO


@dataclass(frozen=True)
class Inspection:
    """What is believed of a file.

    Attributes
    ----------
    findings : tuple of (str, str)
        What it is about, and the finding with its evidence.
    snippet : str
        YAML to paste into params.yaml.
    questions : tuple of str
        What only a person can decide; empty when the snippet will do as it is.
    """

    findings: tuple[tuple[str, str], ...]
    snippet: str
    questions: tuple[str, ...]


def inspect_file(path: str, root: Path, sheet: str | None = None) -> Inspection:
    """Read the whole of a file (or of all files of a pattern) and say what it seems to be.

    Parameters
    ----------
    path : str
        As ``sources.orders.path``.
    root : Path
        The folder a relative path starts from.
    sheet : str, optional
        Of a workbook; the first when not given.

    Raises
    ------
    UserError
        If it cannot be read as a table at all.
    """
    with duck.connect() as con:
        raw = read_raw(con, Unread(path, sheet=sheet), None, root, WHERE)
        amounts.define_macros(con)
        [(faults,)] = duck.run(con, "SELECT count(*) FROM faults", name="faults").fetchall()
        raw, about_empty_rows = doubts.without_empty_rows(con, raw)
        columns = [_describe(con, raw, key, name or "") for key, name in raw.columns.items()]
        table, about_events, query = doubts.as_table(con, path, raw), [], None
        if purchases := purchases_of(con, raw, columns):
            about_events = [("events", purchases.finding(table, raw.rows.num_rows))]
            query = purchases.query(table)
            raw, table = purchases.raw, replace(table, sql=f"({query})")
            columns = [_describe(con, raw, column.key, column.name) for column in columns]
        guesses = guess_roles(columns)
        missing = [role for role in REQUIRED if role in guesses and not guesses[role]]
        questions = [_missing(role, columns, table) for role in missing]
        date_format, about_dates, about_zone = _dates(con, raw, guesses["ordered_at"], questions)
        decimal, about_amounts = _decimal(
            con, raw, guesses.get("amount") or guesses.get("unit_price"), questions
        )
        about_status = _about_status(con, guesses["status"])
        about_customers = doubts.about_customers(con, guesses["customer_id"], columns)
        about_lines = doubts.about_lines(
            con, table, guesses["customer_id"], guesses["ordered_at"], guesses["order_id"]
        )
        repeated = doubts.repeated_total(con, table, guesses.get("amount"), guesses["order_id"], columns)
        kinds = signs.about_kinds(con, table, guesses, columns)
        pieces = doubts.about_pieces(con, guesses.get("amount"), columns)
        questions += [question for question in (pieces, repeated, kinds) if question]
        other_side = signs.about_other_side(con, table, guesses, columns)
        about_paid = [
            *other_side,
            *signs.about_refunds(con, table, guesses, columns),
            *signs.about_cents(con, table, guesses),
            *signs.about_cancelled_on(table, guesses, columns),
        ]
    written = {
        "delimiter": raw.delimiters if len(raw.delimiters) == 1 or raw.delimiters == "whitespace" else AUTO,
        "encoding": raw.encodings if raw.delimiters and "," not in raw.encodings else AUTO,
        "decimal": decimal,
        "date_format": date_format,
    }
    findings = (
        ("file", _about_files(raw, faults)),
        ("format", "text with a delimiter" if raw.delimiters else raw.encodings),
        *_about_sheets(raw.files[0].other_sheets),
        *about_empty_rows,
        *about_events,
        *((key, _shown(written[key])) for key in ("delimiter", "encoding") if written[key] != AUTO),
        ("decimal", about_amounts),
        ("dates", about_dates),
        ("time zone", about_zone),
        *((role, _about_role(role, guess)) for role, guess in guesses.items() if guess or role in ALWAYS),
        *_about_units(guesses.get("unit_price"), guesses.get("quantity")),
        *doubts.about_amount(guesses.get("amount"), columns),
        *about_status,
        *about_customers,
        *about_lines,
        *about_paid,
        *_about_empty(None if other_side else table, guesses, columns, raw.rows.num_rows),
    )
    place, settings = _of_query(query, written) if query else _of_file(path, sheet, written)
    return Inspection(findings, _snippet(place, guesses, settings), tuple(questions))


def _describe(con: Connection, raw: Raw, key: str, name: str) -> Column:
    shapes = " OR ".join(f"regexp_full_match(number, '{shape}')" for shape in SHAPES.values())
    decimals = f"regexp_matches(number, '{DECIMALS}') AND NOT regexp_matches(number, '{NO_DECIMALS}')"
    counted = f"""
        SELECT count(*), count(DISTINCT value), count(*) FILTER (WHERE {shapes}),
               count(*) FILTER (WHERE ({shapes}) AND {decimals}),
               count(*) FILTER (WHERE regexp_full_match(value, '\\d+\\.0'))
        FROM (SELECT {key} AS value, number_text({key}) AS number FROM raw WHERE {key} <> '')"""
    [(filled, distinct, numbers, decimals, floats)] = duck.run(
        con, counted, name="values of a column"
    ).fetchall()
    of = max(filled, 1)
    typed = raw.typed_as(TIMES, key)
    read = 1.0 if typed else dates.share_read(con, key)
    numbers = 0 if typed else numbers
    return Column(key, name, filled, distinct, read, numbers / of, decimals / of, floats / of)


def _dates(con: Connection, raw: Raw, guess: Guess | None, questions: list[str]) -> tuple[str, str, str]:
    """Return the format for the parameters, the finding, and the finding about the time zone."""
    if guess is None:
        unknown = "not known without a column of dates"
        return AUTO, unknown, unknown
    key = guess.column.key
    if raw.typed_as(TIMES, key):
        return AUTO, "typed in the file", _zone(con, guess.column, dates.ISO)
    chosen = _asked(lambda: dates.choose(con, key, AUTO, f"{WHERE}.date_format"), questions)
    if chosen is None:
        asked = "cannot be decided: see the question"
        return AUTO, asked, asked
    read, rows = dates.count_read(con, key, chosen)
    twin = dates.twin_of(chosen)
    against = ""
    if twin:
        others, _ = dates.count_read(con, key, twin)
        against = f" ({twin.name} would read {others:,})"
    finding = f"{chosen.name}: reads {read:,} of {rows:,} values{against}"
    return chosen.pattern or AUTO, finding, _zone(con, guess.column, chosen)


def _zone(con: Connection, column: Column, by: dates.DateFormat) -> str:
    instants = dates.count_zoned(con, column.key, by)
    if not instants:
        return "none given, taken as written"
    others = "" if instants == column.filled else f"; the other {column.filled - instants:,} taken as written"
    return (
        f"{instants:,} of {column.filled:,} values say which instant they are and become UTC{others}. "
        "For the shop's own days set ingest.timezone, such as Europe/Berlin"
    )


def _decimal(con: Connection, raw: Raw, guess: Guess | None, questions: list[str]) -> tuple[str, str]:
    """Return the decimal sign for the parameters, and the finding."""
    if guess is None:
        return AUTO, "not known without a column of amounts"
    key = guess.column.key
    if raw.typed_as(NUMBERS, key):
        return AUTO, "typed numbers in the file"
    rows = f"SELECT {key} AS amount FROM raw"
    sign = _asked(lambda: amounts.choose(con, rows, AUTO, WHERE), questions)
    if sign is None:
        return AUTO, "cannot be decided: see the question"
    return sign, f'"{sign}", decided over all {guess.column.filled:,} values of the column'


def _asked(choose: Callable[[], Chosen], questions: list[str]) -> Chosen | None:
    """Make a question of what cannot be decided."""
    try:
        return choose()
    except UserError as error:
        questions.append(str(error))
        return None


def _missing(role: str, columns: list[Column], table: Table) -> str:
    names = ", ".join(column.name for column in columns)
    advice = ELSEWHERE
    if role == "amount":
        advice += NO_AMOUNTS.format(table=table.sql, first=table.first)
    if role == "ordered_at":
        advice = (doubts.about_days(columns, table) or UNREAD_DATES) + advice
    return f"{WHERE}.columns.{role}: no column seems to be it; which is it of: {names}? {advice}"


def _about_files(raw: Raw, faults: int) -> str:
    first, *more = raw.files
    rows = sum(file.rows for file in raw.files)
    others = f" and {len(more)} more with the same columns" if more else ""
    broken = f", {faults:,} of them cannot be split into columns" if faults else ""
    looked_at = f"{counted(rows):row/rows}, all of them looked at{broken}"
    return f"{first.label}{others}: {looked_at}; {counted(len(raw.columns)):column/columns}"


def _about_sheets(others: tuple[str, ...]) -> list[tuple[str, str]]:
    if not others:
        return []
    return [("sheets", f'not read: {", ".join(others)}; sheet: "*" reads all, a pattern such as "20*" some')]


def _about_role(role: str, guess: Guess | None) -> str:
    if guess:
        return f"{_shown(guess.column.name)}: {guess.because}"
    return "no column: every row is an order" if role == "order_id" else "not found: see the question"


def _about_units(price: Guess | None, quantity: Guess | None) -> list[tuple[str, str]]:
    if not (price and quantity):
        return []
    told = f"{_shown(price.column.name)} times {_shown(quantity.column.name)}, with no column of totals"
    return [("paid", f"{told}. If the price is that of the row, map it as amount and leave quantity out")]


def _about_status(con: Connection, guess: Guess | None) -> list[tuple[str, str]]:
    """Name the states of an order, where they are few: some of them may mean that it is none."""
    if guess is None or guess.column.distinct > SOME:
        return []
    key = guess.column.key
    found = duck.run(con, f"SELECT DISTINCT {key} FROM raw WHERE {key} <> '' ORDER BY 1", name="states")
    states = [state for (state,) in found.fetchall()]
    nothing = ", ".join(_shown(state) for state in states if signs.is_cancelled(guess.column, state))
    advice = "Those of orders that came to nothing belong in ingest.cancelled_status"
    return [("states", f"{', '.join(map(_shown, states))}. {advice}{nothing and f': {nothing}?'}")]


def _about_empty(
    further_lines_of: Table | None, guesses: dict[str, Guess | None], columns: list[Column], rows: int
) -> list[tuple[str, str]]:
    """Tell the rows that will go to quarantine because they have no value where there has to be one."""
    found = []
    for role in (*REQUIRED, "unit_price", "quantity"):
        guess = guesses.get(role)
        if guess and (missing := rows - guess.column.filled):
            empty = f"{_shown(guess.column.name)} is empty in {missing:,} of {counted(rows):row/rows}"
            by_mail = [
                other
                for other in columns
                if "mail" in other.plain_name and other.filled > guess.column.filled
            ]
            or_by_mail = f", or map {_shown(by_mail[0].name)}, which fewer rows lack" if by_mail else ""
            advice = ANONYMOUS.format(or_by_mail=or_by_mail) if role == "customer_id" else ""
            if role == "amount" and guesses["order_id"] and (table := further_lines_of):
                advice = FIRST_LINES.format(table=table.sql, first=table.first, column=guess.column.name)
            found.append(("quarantine", f"{empty} ({missing / rows:.1%}){advice}"))
    return found


def _of_file(path: str, sheet: str | None, written: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Say how the file itself is read: where it is, and how it is written."""
    return [f"path: {_shown(path)}", *([f"sheet: {_shown(sheet)}"] if sheet else [])], written


def _of_query(query: str, written: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Say how a query of files is read: of how they are written it leaves the values."""
    return ["url: duckdb://", "query: >-", f"  {query}"], {key: written[key] for key in OF_VALUES}


def _snippet(place: Sequence[str], guesses: dict[str, Guess | None], written: dict[str, str]) -> str:
    lines = ["sources:", "  orders:", *(f"    {line}" for line in place), "    columns:"]
    in_order = [role for role in FIRST if role in guesses] + [role for role in guesses if role not in FIRST]
    for role in in_order:
        if guess := guesses[role]:
            lines.append(f"      {role}: {_shown(guess.column.name)}")
        elif role == "order_id":
            lines.append("      order_id: null")
        elif role in REQUIRED:
            lines.append(f'      {role}: "{ASKED}"        # see the question')
    return "\n".join([*lines, *(f"    {key}: {_shown(value)}" for key, value in written.items())])


def _shown(text: str) -> str:
    """Quote a text as YAML, which reads JSON's quotes."""
    return json.dumps(text, ensure_ascii=False)
