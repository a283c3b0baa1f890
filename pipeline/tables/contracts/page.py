"""docs/tables.md: the contracts as a page."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from pipeline.tables.contracts.contract import Column, Contract

KINDS = {
    "key": "id, kept as a key",
    "text": "text",
    "time": "date or time",
    "money": "amount",
    "number": "number",
    "count": "whole number",
    "flag": "yes or no",
}


def page(required: Contract, optional: Iterable[Contract], written: Iterable[Contract]) -> str:
    """Return the page in Markdown.

    Parameters
    ----------
    required : Contract
        The order log.
    optional : iterable of Contract
        What a shop may have besides.
    written : iterable of Contract
        The tables that the ingest stage makes in any case.
    """
    head = resources.files("pipeline.tables.contracts").joinpath("page_head.md").read_text(encoding="utf-8")
    parts = [head, "## The order log\n", _section(required), "## Optional tables\n"]
    parts += [_section(contract) for contract in optional]
    parts += [
        "## What the ingest stage writes\n",
        *(_section(contract, source=False) for contract in written),
    ]
    return "\n".join(parts)


def _section(contract: Contract, *, source: bool = True) -> str:
    place = f"sources.{contract.name}" if source else f"data/interim/{contract.name}.parquet"
    lines = [f"One row: {contract.grain}."]
    if contract.primary_key:
        lines.append(f"Key: {_code(contract.primary_key)}.")
    if contract.is_binding:
        lines.append(
            "Binding: no row is hidden for its date, and one that cannot be read, or lies more than a day "
            "ahead of the run (`future_date`), stops it."
        )
    elif contract.event_time:
        lines.append(f"Hidden by: `{contract.event_time}`.")
    if contract.needs:
        lines.append(f"Needs: {_code(contract.needs)}.")
    if source:
        used = f"For: {', '.join(contract.feeds)}." if contract.feeds else ""
        lines.append(used or "Read and checked; nothing uses it yet.")
    head = "| column | holds | may be empty | values | unit | meaning |\n|---|---|---|---|---|---|"
    rows = "\n".join(_row(column) for column in contract.columns)
    checks = "".join(f"\n- `{check.rule}`: `{check.column}`. {check.reason}" for check in contract.checks)
    return f"### `{place}`\n{' '.join(lines)}\n\n{head}\n{rows}\n" + (f"{checks}\n" if checks else "")


def _row(column: Column) -> str:
    name = f"`{column.name}`" + (f" → `{column.written}`" if column.written != column.name else "")
    empty = "yes" if column.nullable else "no"
    kind = KINDS[column.kind] if column.is_written else "id, not kept"
    cells = (name, kind, empty, _values(column), column.unit, _meaning(column))
    return f"| {' | '.join(cells)} |"


def _values(column: Column) -> str:
    if column.allowed:
        return _code(column.allowed)
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low} to {high}"
    return "" if low is None else f"{low} or more"


def _meaning(column: Column) -> str:
    text = column.description
    if column.reference:
        must = ", must be there" if column.reference.required else ""
        text += f"; found in `{column.reference.table}`{must}"
    if column.known_from:
        text += f"; known from `{column.known_from}`, which it needs"
    if column.planned:
        text += "; may lie ahead"
    if column.feeds:
        text += f" (for: {', '.join(column.feeds)})"
    return text


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
