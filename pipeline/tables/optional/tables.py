"""The optional tables: from their sources to typed rows that keep their contracts, and a quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.privacy.pseudonyms import entity_keys
from pipeline.tables import accounting, amounts, dates
from pipeline.tables.contracts import OPTIONAL, Contract
from pipeline.tables.io import remove, to_pandas, write_json, write_parquet
from pipeline.tables.optional import fates, judge
from pipeline.tables.optional.mapping import check_words, mapped_columns
from pipeline.tables.orders import identity
from pipeline.tables.orders.policies import CustomerIds
from pipeline.tables.sources.readers import NUMBERS, TIMES, Raw, read_raw
from pipeline.tables.sources.spec import TableSource

PACKAGE = "pipeline.tables.optional"
MEMORY_LIMIT = "2GB"  # the order log is in memory beside it
NUMERIC = ("money", "number", "count")


@dataclass(frozen=True)
class TableRead:
    """What an optional table became.

    Attributes
    ----------
    contract : Contract
    rows : pyarrow.Table
        By ``contract.as_written()``, sorted by all columns.
    quarantine : DataFrame
        By `pipeline.tables.contracts.QUARANTINE`.
    counts : dict
        For metrics. No personal data.
    """

    contract: Contract
    rows: pa.Table
    quarantine: pd.DataFrame
    counts: dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """What all tables are read with.

    Attributes
    ----------
    root : Path
        The project's folder.
    as_of : date
        The first day not seen.
    max_quarantine_share : float
        Of the visible rows of a table.
    pepper : bytes
        For the keys.
    now : datetime
        The shop's wall clock.
    timezone : str, optional
        IANA name of the shop's zone, as for the orders.
    links : pyarrow.Table
        `from_id`, `customer_id`: which ids are one customer.
    spelled : {"as_written", "small_letters"}
        As `Policies.customer_ids`.
    no_customers : pyarrow.Table
        From `identity.no_customers`: what was sold to them is left out of every table.
    anonymous_left_out : bool
        Whether what was sold to somebody unknown is left out too.
    """

    root: Path
    as_of: date
    max_quarantine_share: float
    pepper: bytes
    now: datetime
    timezone: str | None = None
    links: pa.Table = field(default_factory=lambda: identity.NO_LINKS)
    spelled: CustomerIds = "as_written"
    no_customers: pa.Table = field(default_factory=lambda: pa.table({"id": pa.array([], pa.string())}))
    anonymous_left_out: bool = False

    @property
    def until(self) -> datetime:
        """The first moment that is not seen."""
        return datetime.combine(self.as_of, time())


def read_tables(
    sources: Mapping[str, TableSource], buyers: pd.Series[str], setting: Setting
) -> list[TableRead]:
    """Read the tables that the shop has, as they would have been read on the as-of date.

    Parameters
    ----------
    sources : mapping of table name to TableSource
        Names as in `pipeline.tables.contracts.OPTIONAL`.
    buyers : Series of str
        The ids of the customers with an accepted order.
    setting : Setting

    Raises
    ------
    UserError
        For a source that cannot be read, a column the contract does not have, or too many rows in quarantine.
    AccountingError
        If the counts do not add up.
    """
    known_buyers = pa.table({"id": pa.array(buyers, pa.string()), "hidden": pa.array([False] * len(buyers))})
    known = {"orders": known_buyers, "customers": known_buyers}
    read = []
    for contract in OPTIONAL.values():
        if contract.name in sources:
            _check_needs(contract, sources)
            read.append(_read(contract, sources[contract.name], known, setting))
    return read


def read_table(contract: Contract, spec: TableSource, setting: Setting) -> TableRead:
    """Read one table alone: what it refers to is not looked up.

    Raises
    ------
    UserError, AccountingError
        As `read_tables`.
    """
    nobody = pa.table({"id": pa.array([], pa.string()), "hidden": pa.array([], pa.bool_())})
    return _read(contract, spec, {"orders": nobody}, setting)


def define_values(con: Connection) -> None:
    """Make the macros that read the values of tables, but for numbers."""
    duck.run(con, duck.sql_file(PACKAGE, "sql/values.sql"), name="values")


def _check_needs(contract: Contract, sources: Mapping[str, TableSource]) -> None:
    for needed in contract.needs:
        if needed not in sources:
            raise UserError(
                f"{contract.name} has no time of its own and needs the table {needed}",
                where=f"sources.{contract.name}",
                valid=f"a section sources.{needed}",
            )


def _read(contract: Contract, spec: TableSource, known: dict[str, pa.Table], setting: Setting) -> TableRead:
    """Read one table; others may then refer to it: `known` learns its ids."""
    where = f"sources.{contract.name}"
    columns = mapped_columns(contract, spec, where)
    mapped = [our for our, theirs in columns.items() if theirs]
    check_words(contract, spec, where)
    with duck.connect(MEMORY_LIMIT) as con:
        raw = read_raw(con, spec, columns, setting.root, where, may_be_empty=True)
        identity.link(con, contract, setting.links, setting.spelled)
        read_as = _decide(con, contract, spec, raw, mapped, setting)
        rules = judge.breaches(contract, mapped, known, read_as, setting.now)
        for table, ids in known.items():
            duck.register(con, f"known_{table}", ids)
        define_values(con)
        duck.run(con, duck.sql_file(PACKAGE, "sql/numbers.sql"), name="numbers")
        duck.register(con, "no_customers", setting.no_customers)
        judged = judge.judged_sql(
            contract,
            rules,
            known,
            spec.words,
            setting.until,
            anonymous_left_out=setting.anonymous_left_out,
        )
        duck.run(con, judged, name=f"{contract.name} judged")
        fates.settle_repeats(con, contract, mapped, len(rules) - 1)
        quarantine = fates.quarantine(con, rules, columns, raw)
        counts = fates.counts(con, contract, raw, quarantine, mapped, known)
        visible = counts["rows_read"] - counts["after_as_of"]
        if contract.is_binding:
            # Whom a row without an id concerns, nobody can tell.
            of_somebody = quarantine[quarantine["column"] != columns["customer_id"]]
            accounting.stop_if_lost(of_somebody, f"{where}.path")
        accounting.stop_if_too_many(quarantine, visible, setting.max_quarantine_share, f"{where}.path")
        rows = _written(con, contract, setting.pepper)
        if rows.num_rows != counts["accepted"]:
            raise accounting.AccountingError(
                f"{contract.name}: {counts['accepted']} rows accepted, {rows.num_rows} written"
            )
        _learn(con, contract, known)
    counts["read_as"] = {"encoding": raw.encodings, "delimiter": raw.delimiters, **read_as}
    return TableRead(contract, rows, quarantine, counts)


def _decide(
    con: Connection, contract: Contract, spec: TableSource, raw: Raw, mapped: list[str], setting: Setting
) -> dict[str, str]:
    """Decide how each time column, and all numbers, are written; make the macros that read them."""
    where, read_as = f"sources.{contract.name}", {}
    for column in contract.columns:
        if column.kind == "time":
            chosen = dates.ISO
            if column.name in mapped and not raw.typed_as(TIMES, column.name) and _filled(con, column.name):
                chosen = dates.choose(
                    con, column.name, spec.date_format, f"{where}.date_format ({column.name})"
                )
            dates.define(con, chosen, setting.timezone, f"read_{column.name}")
            if column.name in mapped:
                read_as[column.name] = chosen.name
    numeric = [column.name for column in contract.columns if column.kind in NUMERIC and column.name in mapped]
    seen = f"read_{contract.event_time}({contract.event_time}) < TIMESTAMP '{setting.until}'"
    visible = f"{seen} IS NOT FALSE" if contract.event_time else "TRUE"
    texts = [f"SELECT {name} AS amount FROM raw WHERE {visible}" for name in numeric]
    amounts.define_macros(con)
    given = "." if all(raw.typed_as(NUMBERS, name) for name in numeric) else spec.decimal
    sign = amounts.choose(con, " UNION ALL ".join(texts) or "SELECT '' AS amount", given, where)
    return {**read_as, "decimal": sign} if numeric else read_as


def _filled(con: Connection, column: str) -> bool:
    return bool(duck.run(con, f"SELECT 1 FROM raw WHERE {column} <> '' LIMIT 1", name=column).fetchall())


def _written(con: Connection, contract: Contract, pepper: bytes) -> pa.Table:
    """Return the accepted rows with pseudonyms in place of ids, sorted by all columns."""
    keyed = [column for column in contract.columns if column.entity]
    for entity in dict.fromkeys(column.entity for column in keyed):
        ids = " UNION ".join(
            f"SELECT {column.name} AS id FROM fates WHERE fate = 'accepted' AND {column.name} IS NOT NULL"
            for column in keyed
            if column.entity == entity
        )
        found = to_pandas(duck.arrow(con, f"SELECT DISTINCT id FROM ({ids}) ORDER BY id", name=entity))
        duck.register(
            con, f"keys_{entity}", found.assign(key=entity_keys(found["id"].astype("str"), entity, pepper))
        )
    values = ", ".join(
        f"of_{column.name}.key AS {column.written}" if column in keyed else column.name
        for column in contract.columns
        if column.is_written
    )
    joins = " ".join(
        f"LEFT JOIN keys_{column.entity} AS of_{column.name} ON of_{column.name}.id = fates.{column.name}"
        for column in keyed
    )
    statement = f"SELECT {values} FROM fates {joins} WHERE fate = 'accepted' ORDER BY ALL"
    return duck.arrow(con, statement, name=contract.name)


def _learn(con: Connection, contract: Contract, known: dict[str, pa.Table]) -> None:
    """Keep the ids that other tables can refer to; one is hidden where all its rows are."""
    if len(contract.primary_key) != 1 or not _is_referred_to(contract.name):
        return
    own = (
        f"SELECT {contract.primary_key[0]} AS id, hidden FROM fates WHERE fate IN ('accepted', 'after_as_of')"
    )
    if contract.name in known:
        own += f" UNION ALL SELECT id, hidden FROM known_{contract.name}"
    merged = (
        f"SELECT id, bool_and(hidden) AS hidden FROM ({own}) WHERE id IS NOT NULL GROUP BY id ORDER BY id"
    )
    known[contract.name] = duck.arrow(con, merged, name=f"known_{contract.name}")


def _is_referred_to(name: str) -> bool:
    columns = (column for contract in OPTIONAL.values() for column in contract.columns)
    return any(column.reference is not None and column.reference.table == name for column in columns)


def summary(tables: list[TableRead]) -> dict[str, dict[str, Any]]:
    """Say for every optional table what became of it, or that there is none, and what it is for."""
    read = {table.contract.name: table.counts for table in tables}
    return {
        name: {"status": "on" if name in read else "off", "feeds": list(contract.feeds), **read.get(name, {})}
        for name, contract in OPTIONAL.items()
    }


def write(tables: list[TableRead], folder: Path) -> dict[str, str]:
    """Write a Parquet file for each table, and tables.json with their rows; nothing else stays there.

    Returns
    -------
    dict
        SHA-256 of each table's file, in hexadecimal.
    """
    names = {table.contract.name for table in tables}
    for file in sorted(folder.glob("*.parquet")):
        if file.stem not in names:
            remove(file)
    write_json({table.contract.name: table.rows.num_rows for table in tables}, folder / "tables.json")
    return {
        table.contract.name: write_parquet(table.rows, folder / f"{table.contract.name}.parquet")
        for table in tables
    }
