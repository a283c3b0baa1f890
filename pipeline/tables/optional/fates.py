"""What became of every row of an optional table: accepted, quarantined, merged, left out, or not seen yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables import accounting
from pipeline.tables.contracts import Contract
from pipeline.tables.optional.judge import Breach
from pipeline.tables.rules import FAULTS
from pipeline.tables.sources.readers import Raw

PACKAGE = "pipeline.tables.optional"
IN_OTHER_CAPITALS = """
    SELECT count(*) FROM (
        SELECT DISTINCT {whose} AS id FROM fates
        WHERE fate = 'accepted' AND {whose} NOT IN (SELECT id FROM known_orders)
    ) WHERE lower(id) IN (SELECT lower(id) FROM known_orders {missed})"""
FATES = ("accepted", "quarantined", "after_as_of", "left_out", "merged")


def settle_repeats(con: Connection, contract: Contract, mapped: Collection[str], duplicate: int) -> None:
    """Make ``fates``: rows that repeat a key are merged when equal, and all in quarantine when not."""
    key = contract.primary_key
    if key and set(key) <= set(mapped):
        statement = duck.sql_file(PACKAGE, "sql/table_repeats.sql").format(
            key=", ".join(key),
            values=", ".join(contract.names),
            complete=" AND ".join(f"{name} IS NOT NULL" for name in key),
        )
    else:
        statement = "CREATE TABLE repeats (file_no INTEGER, line BIGINT, differ BOOLEAN)"
    duck.run(con, statement, name=f"{contract.name} repeats")
    fates = duck.sql_file(PACKAGE, "sql/table_fates.sql").replace("$duplicate", str(duplicate))
    duck.run(con, fates, name=f"{contract.name} fates")


def quarantine(
    con: Connection, rules: list[Breach], columns: Mapping[str, str | None], raw: Raw
) -> pd.DataFrame:
    """Return every row that was not accepted, by the contract QUARANTINE."""
    listed = {
        "breaches": {
            "number": pa.array(range(len(rules)), pa.int32()),
            "column_name": pa.array([columns[rule.column] for rule in rules], pa.string()),
            "our_column": pa.array([rule.column for rule in rules], pa.string()),
            "rule": pa.array([rule.rule for rule in rules], pa.string()),
            "reason": pa.array([rule.reason for rule in rules], pa.string()),
        },
        "fault_reasons": {"rule": [rule.name for rule in FAULTS], "reason": [rule.reason for rule in FAULTS]},
    }
    for name, values in listed.items():
        duck.register(con, name, pa.table({key: pa.array(column) for key, column in values.items()}))
    return accounting.quarantine(con, raw, duck.sql_file(PACKAGE, "sql/table_quarantine.sql"))


def counts(
    con: Connection,
    contract: Contract,
    raw: Raw,
    quarantine: pd.DataFrame,
    mapped: Collection[str],
    known: Collection[str],
) -> dict[str, Any]:
    """Add up the rows of the files, and say what the accepted ones leave open.

    Raises
    ------
    AccountingError
        If the rows of a file are not the sum of what became of them.
    """
    statement = duck.sql_file(PACKAGE, "sql/table_counts.sql")
    files = accounting.by_file(raw, duck.run(con, statement, name="counts").fetchall(), FATES)
    total = {kind: sum(file[kind] for file in files.values()) for kind in ("rows_read", *FATES)}
    referring = [c for c in contract.columns if c.reference and c.name in mapped]
    looked_up = [c.name for c in referring if c.reference and c.reference.table in known]
    unknown = {name: f"count(*) FILTER (WHERE unknown_{name})" for name in looked_up}
    when = contract.event_time
    days = {"first_on": f"min({when})::DATE", "last_on": f"max({when})::DATE"} if when else {}
    missing = {
        c.name: f"count(*) FILTER (WHERE {c.name} IS NULL)"
        for c in contract.columns
        if c.name in mapped and c.nullable
    }
    columns_off = [name for name in contract.names if name not in mapped]
    return {
        **total,
        **_of_accepted(con, days),
        **_people(con, contract),
        "missing": _of_accepted(con, missing),
        "columns_off": columns_off,
        "switched_off": contract.switched_off(columns_off),
        "unknown": _of_accepted(con, unknown),
        "not_looked_up": [c.name for c in referring if c.name not in looked_up],
        "rules": dict(accounting.by_frequency(quarantine["rule"])),
        "sources": files,
    }


def _people(con: Connection, contract: Contract) -> dict[str, Any]:
    """Count the customers of a table, those who ordered, and those who did in other capitals."""
    whose = next((column.name for column in contract.columns if column.entity == "customer"), None)
    if whose is None:
        return {}
    bought = f"count(DISTINCT {whose}) FILTER (WHERE {whose} IN (SELECT id FROM known_orders))"
    found = _of_accepted(con, {"customers": f"count(DISTINCT {whose})", "buyers": bought})
    # Where a row is a customer, one in the capitals of the orders is enough.
    own = f"WHERE id NOT IN (SELECT {whose} FROM fates WHERE fate = 'accepted')"
    missed = own if contract.primary_key == (whose,) else ""
    alike_sql = IN_OTHER_CAPITALS.format(whose=whose, missed=missed)
    [(alike,)] = duck.run(con, alike_sql, name="in other capitals").fetchall()
    return found | {"in_other_capitals": alike}


def _of_accepted(con: Connection, measures: Mapping[str, str]) -> dict[str, Any]:
    """Evaluate aggregates over the accepted rows."""
    if not measures:
        return {}
    statement = f"SELECT {', '.join(measures.values())} FROM fates WHERE fate = 'accepted'"
    [values] = duck.run(con, statement, name="measures").fetchall()
    return dict(zip(measures, values, strict=True))
