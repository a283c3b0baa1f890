"""The lines for params.yaml: one place to read from, which column is what, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pipeline.tables.inspection.log import Advice, Refund, shown
from pipeline.tables.inspection.query import Change, Table, select
from pipeline.tables.inspection.roles import REQUIRED, Guess
from pipeline.tables.sources.connections import NO_DATABASE
from pipeline.tables.sources.header import ASKED
from pipeline.tables.sources.spec import Source

SETTINGS = dict.fromkeys(("delimiter", "encoding", "decimal", "date_format"), "auto")
OF_VALUES = ("decimal", "date_format")  # they are looked for in the result of a query, too
FIRST = ("customer_id", "ordered_at", "amount", "unit_price", "quantity", "order_id")
OF_RETURNS = {"customer_id": "customer_id", "returned_at": "ordered_at", "order_id": "order_id"}


def changes(told: Sequence[Advice]) -> list[Change]:
    """List what the query in the snippet does."""
    return [advice.change for advice in told if advice.change]


def snippet(
    spec: Source,
    guesses: Mapping[str, Guess | None],
    told: Sequence[Advice],
    table: Table | None,
) -> str:
    """Write the section `sources`.

    Parameters
    ----------
    spec : Source
        Where the log is.
    guesses : mapping of role to Guess or None
    told : sequence of Advice
    table : Table or None
        How a query reads the file; None where nobody advises one.
    """
    settings = SETTINGS.copy()
    for advice in told:
        settings |= advice.settings
    made = changes(told)
    named = {role: guess.column.name if guess else None for role, guess in guesses.items()}
    named |= {change.role: change.name for change in made if change.role}
    of_values = {key: settings[key] for key in OF_VALUES}
    rows = ["sources:"]
    if table and made:
        rows += section("orders", _query(table, made), _columns(named), of_values)
    else:
        of_place = of_values if spec.url else settings
        rows += section("orders", place(spec), _columns(named), of_place)
    refunds = [advice.refund for advice in told if advice.refund]
    if table and refunds:
        rows += section("returns", *_returns(table, made, refunds[0], named), of_values)
    first = [f"# First {table.first}."] if table and table.first and (made or refunds) else []
    return "\n".join([*first, *rows])


def section(name: str, rows: list[str], columns: list[str], settings: Mapping[str, str]) -> list[str]:
    """Write the section of a table: where its rows are, which column is what, how values are written."""
    lines = [*rows, "columns:", *(f"  {line}" for line in columns), *_settings(settings)]
    return [f"  {name}:", *(f"    {line}" for line in lines)]


def place(spec: Source) -> list[str]:
    """Write where a file or a table is."""
    named = {key: getattr(spec, key) for key in ("path", "url", "table", "query", "sheet")}
    rows = _settings({key: value for key, value in named.items() if value})
    since = (
        spec.since and f"since: {{column: {shown(spec.since.column)}, value: {json.dumps(spec.since.value)}}}"
    )
    return [*rows, since] if since else rows


def _settings(settings: Mapping[str, str]) -> list[str]:
    return [f"{key}: {shown(value)}" for key, value in settings.items()]


def _query(table: Table, made: Sequence[Change]) -> list[str]:
    """Write a query: of how files are written it leaves the values."""
    return [
        f"url: {table.url if table.url == NO_DATABASE else shown(table.url)}",
        "query: >-",
        *(f"  {line}" for line in select(table, made)),
    ]


def _columns(named: Mapping[str, str | None]) -> list[str]:
    rows = []
    for role in [*(role for role in FIRST if role in named), *(role for role in named if role not in FIRST)]:
        if name := named[role]:
            rows.append(f"{role}: {shown(name)}")
        elif role == "order_id":
            rows.append("order_id: null")
        elif role in REQUIRED:
            rows.append(f'{role}: "{ASKED}"        # see the question')
    return rows


def _returns(
    table: Table, made: Sequence[Change], refund: Refund, named: Mapping[str, str | None]
) -> tuple[list[str], list[str]]:
    """Read what was refunded of the rows that are orders; whether once an order, it says itself."""
    rows = [change for change in made if not change.once]
    columns = {ours: name for ours, role in OF_RETURNS.items() if (name := named.get(role))}
    return _query(table, [*rows, refund.change]), _settings(columns | {"amount": refund.column})
