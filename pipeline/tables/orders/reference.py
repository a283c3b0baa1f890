"""Small tables that orders are looked up in: a row is accepted, merged with an equal one, or explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables import accounting
from pipeline.tables.rules import FAULTS, Rule
from pipeline.tables.sources.readers import Raw, read_raw
from pipeline.tables.sources.spec import Source

PACKAGE = "pipeline.tables.orders"
FATES = ("accepted", "merged", "quarantined")


@dataclass(frozen=True)
class Lookup:
    """What a small table became: its name, its quarantine by the contract QUARANTINE, its counts."""

    name: str
    quarantine: pd.DataFrame
    counts: dict[str, Any]


@contextmanager
def reading(
    spec: Source, columns: Mapping[str, str | None], root: Path, where: str
) -> Iterator[tuple[Connection, Raw]]:
    """Read a table into ``raw`` of a database of its own; it may have no rows."""
    with duck.connect() as con:
        yield con, read_raw(con, spec, columns, root, where, may_be_empty=True)


def settle(
    con: Connection, raw: Raw, name: str, problems: str, key: str, rules: tuple[Rule, ...], max_share: float
) -> Lookup:
    """Make ``accepted``: the rows of ``typed`` that break no rule, one of those that are equal.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With ``typed``: file_no, line and typed columns.
    raw : Raw
    name : str
        Of the section in the parameters' ``sources``.
    problems : str
        A SELECT of file_no, line, rule and the text at fault.
    key : str
        The columns by which rows are equal.
    rules : tuple of Rule
        In the order in which a row is judged.
    max_share : float
        Of the rows; more of them in quarantine stop the run.

    Raises
    ------
    UserError
        For too many rows in quarantine.
    AccountingError
        If the rows of a file are not those accepted, merged and quarantined.
    """
    judged_by = (*FAULTS, *rules)
    named = [raw.columns.get(rule.role) if rule.role else None for rule in judged_by]
    listed = pd.DataFrame(
        {
            "rank": range(len(judged_by)),
            "rule": [rule.name for rule in judged_by],
            "role": pd.Series([rule.role for rule in judged_by], dtype="str"),
            "named": pd.Series(named, dtype="str"),
            "reason": [rule.reason for rule in judged_by],
        }
    )
    duck.register(con, "lookup_rules", listed)
    statement = duck.sql_file(PACKAGE, "sql/lookup.sql").format(problems=problems, key=key)
    duck.run(con, statement, name=name)
    quarantine = accounting.quarantine(con, raw, "FROM lookup_quarantine")
    files = accounting.by_file(raw, duck.run(con, "FROM lookup_fates", name="fates").fetchall(), FATES)
    total = {kind: sum(file[kind] for file in files.values()) for kind in ("rows_read", *FATES)}
    accounting.stop_if_too_many(quarantine, total["rows_read"], max_share, f"sources.{name}.path")
    rules_broken = dict(accounting.by_frequency(quarantine["rule"]))
    return Lookup(name, quarantine, {**total, "rules": rules_broken, "sources": files})
