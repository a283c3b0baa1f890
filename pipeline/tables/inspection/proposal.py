"""What a file of orders seems to be: how it is written, which column is what, and the parameters for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.engine import duck
from pipeline.tables import amounts
from pipeline.tables.inspection import customers, files, lines, missing, money, signs, states, values
from pipeline.tables.inspection.events import purchases_alone
from pipeline.tables.inspection.log import WHERE, Detector, Log, shown
from pipeline.tables.inspection.query import as_table
from pipeline.tables.inspection.roles import REQUIRED, Guess, guess_roles
from pipeline.tables.sources.header import ASKED
from pipeline.tables.sources.readers import read_raw

AUTO = "auto"
SETTINGS = ("delimiter", "encoding", "decimal", "date_format")
OF_VALUES = ("decimal", "date_format")  # they are looked for in the result of a query, too
FIRST = ("customer_id", "ordered_at", "amount", "unit_price", "quantity", "order_id")

# Each looks at the log for itself; what they say is told in this order.
DETECTORS: tuple[Detector, ...] = (
    missing.about_missing,
    values.about_dates,
    values.about_decimals,
    missing.about_roles,
    money.about_units,
    money.about_pieces,
    states.about_states,
    customers.about_new_ids,
    customers.about_spelling,
    customers.about_shared_ids,
    lines.about_lines,
    lines.about_repeated_total,
    signs.about_kinds,
    signs.about_other_side,
    signs.about_refunds,
    money.about_cents,
    states.about_cancelled_on,
    missing.about_empty,
)


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
        log = Log(con, raw, as_table(con, path, raw))
        about_file = list(files.about_file(log))
        log, about_empty_rows = files.without_empty_rows(log)
        log, about_events, query = purchases_alone(log.described())
        log = replace(log, guesses=guess_roles(log.columns))
        about_log = [advice for detect in DETECTORS for advice in detect(log)]
        told = [*about_file, *about_empty_rows, *about_events, *files.about_text(log), *about_log]
    written = dict.fromkeys(SETTINGS, AUTO)
    for advice in told:
        written |= advice.settings
    place, settings = _of_query(query, written) if query else _of_file(path, sheet, written)
    return Inspection(
        findings=tuple((advice.about, advice.told) for advice in told if not advice.asks),
        snippet=_snippet(place, log.guesses, settings),
        questions=tuple(advice.told for advice in told if advice.asks),
    )


def _of_file(path: str, sheet: str | None, written: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Say how the file itself is read: where it is, and how it is written."""
    return [f"path: {shown(path)}", *([f"sheet: {shown(sheet)}"] if sheet else [])], written


def _of_query(query: str, written: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """Say how a query of files is read: of how they are written it leaves the values."""
    return ["url: duckdb://", "query: >-", f"  {query}"], {key: written[key] for key in OF_VALUES}


def _snippet(place: Sequence[str], guesses: Mapping[str, Guess | None], written: Mapping[str, str]) -> str:
    rows = ["sources:", "  orders:", *(f"    {line}" for line in place), "    columns:"]
    in_order = [role for role in FIRST if role in guesses] + [role for role in guesses if role not in FIRST]
    for role in in_order:
        if guess := guesses[role]:
            rows.append(f"      {role}: {shown(guess.column.name)}")
        elif role == "order_id":
            rows.append("      order_id: null")
        elif role in REQUIRED:
            rows.append(f'      {role}: "{ASKED}"        # see the question')
    return "\n".join([*rows, *(f"    {key}: {shown(value)}" for key, value in written.items())])
