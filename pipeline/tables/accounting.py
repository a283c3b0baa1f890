"""Nothing is lost in silence: what was read is held against what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.columns import as_numbers
from pipeline.tables.contracts import OPTIONAL, QUARANTINE, check
from pipeline.tables.io import to_pandas
from pipeline.tables.rules import LEFT_OUT
from pipeline.tables.sources.readers import Raw

EXAMPLES = 3
WHOLE = 0.9  # of the orders of the last run; erasure and later cancellations take less


class AccountingError(RuntimeError):
    """Rows were lost or made up on the way: a defect of this code, never of the data."""


FATES = {"accepted": "accepted_rows", "quarantined": "quarantined", "after_as_of": "after_as_of"} | {
    policy: policy for policy in LEFT_OUT
}


def rows_per_file(con: Connection, raw: Raw, until: datetime | None) -> dict[str, dict[str, int]]:
    """Count what became of the rows of each file, and hold it against the rows that were read.

    Returns
    -------
    dict
        By file: `rows_read`, which is the sum of the others: `accepted_rows`, `quarantined`, `after_as_of`,
        and the rows each policy left out.

    Raises
    ------
    AccountingError
        If they are not the sum.
    """
    statement = duck.sql_file("pipeline.tables", "sql/per_file.sql")
    rows = duck.run(con, statement, {"until": until}, name="per_file").fetchall()
    files = by_file(raw, rows, FATES)
    return {
        label: {FATES.get(fate, fate): count for fate, count in file.items()} for label, file in files.items()
    }


def by_file(
    raw: Raw, counted: Iterable[tuple[int, str, int]], fates: Collection[str]
) -> dict[str, dict[str, int]]:
    """Hold what became of the rows of each file against the rows that were read.

    Parameters
    ----------
    raw : Raw
    counted : iterable of (file_no, fate, rows)
        What became of the rows; of a fate that none had there may be nothing.
    fates : collection of str
        All that a row can become.

    Returns
    -------
    dict
        By file: `rows_read`, which is the sum of the others, and the rows of each fate.

    Raises
    ------
    AccountingError
        If they are not the sum.
    """
    rows = {(file_no, fate): count for file_no, fate, count in counted}
    files: dict[str, dict[str, int]] = {}
    for file_no, file in enumerate(raw.files):
        of_file = {fate: rows.get((file_no, fate), 0) for fate in fates}
        if file.rows != sum(of_file.values()):
            found = " + ".join(f"{count} {fate}" for fate, count in of_file.items())
            raise AccountingError(f"{file.label}: {file.rows} rows read, but {found}")
        files[file.label] = {"rows_read": file.rows, **of_file}
    return files


def quarantine(con: Connection, raw: Raw, rejected: str) -> pd.DataFrame:
    """Return the rows that were not accepted, by the contract QUARANTINE.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    raw : Raw
    rejected : str
        SQL of the rows: the columns of the contract, with file_no in place of the source.
    """
    files = pd.DataFrame({"file_no": range(len(raw.files)), "source": [file.label for file in raw.files]})
    duck.register(con, "files", files)
    statement = f"""
        SELECT source, rejected.* EXCLUDE (file_no)
        FROM ({rejected}) AS rejected JOIN files USING (file_no)
        ORDER BY source, line"""
    found = to_pandas(duck.arrow(con, statement, name="quarantine"))
    check(found, QUARANTINE)
    return found


class Purchases(NamedTuple):
    """How many orders above zero and of zero, returns and lines summed to others the accepted rows became.

    And what all returns come to.
    """

    paid: int
    zero: int
    given_back: int
    merged: int
    money_back: Decimal  # below zero, or zero


def purchases(con: Connection) -> Purchases:
    """Count ``purchases``."""
    made = """
        SELECT count(*) FILTER (WHERE amount > 0), count(*) FILTER (WHERE amount = 0),
               count(*) FILTER (WHERE amount < 0), sum(lines - 1)::BIGINT,
               coalesce(sum(amount) FILTER (WHERE amount < 0), 0)
        FROM purchases"""
    [found] = duck.run(con, made, name="purchases").fetchall()
    return Purchases(*found)


def counts(
    files: Mapping[str, Mapping[str, int]],
    quarantine: pd.DataFrame,
    found: Purchases,
    orders: pa.Table,
    customers: int,
) -> dict[str, Any]:
    """Add up what the tables hold, and hold it against the accepted rows.

    Raises
    ------
    AccountingError
        If rows were lost on the way to the orders.
    """
    total = {kind: sum(file[kind] for file in files.values()) for kind in ("rows_read", *FATES.values())}
    paid, zero, given_back, merged, _ = found
    kept_zero = pc.sum(pc.equal(as_numbers(orders["amount"]), 0)).as_py() or 0  # None of no rows
    if total["accepted_rows"] != paid + zero + given_back + merged:
        raise AccountingError(
            f"{total['accepted_rows']} rows accepted, but {paid + zero} orders + {given_back} returns "
            f"+ {merged} merged lines"
        )
    if len(orders) - kept_zero != paid or kept_zero not in (0, zero):
        raise AccountingError(
            f"{paid} orders and {zero} of zero were made, but {len(orders)} ({kept_zero} of zero) written"
        )
    days = pc.min_max(orders["ordered_at"])
    return {
        **{kind: total[kind] for kind in ("rows_read", "accepted_rows", "quarantined", "after_as_of")},
        "left_out": sum(total[policy] for policy in LEFT_OUT),
        "orders": len(orders),
        "returns": given_back,
        "merged_lines": merged,
        "zero_amount_orders": kept_zero,
        "customers": customers,
        "first_order_on": days["min"].as_py().date(),
        "last_order_on": days["max"].as_py().date(),
        "rules": dict(by_frequency(quarantine["rule"])),
        "policies": {
            **{policy: total[policy] for policy in LEFT_OUT},
            "zero_amount_dropped": zero - kept_zero,
        },
        "sources": dict(files),
    }


def stop_if_too_many(quarantine: pd.DataFrame, visible: int, max_share: float, where: str) -> None:
    """Raise a UserError with counts and examples if too many of the visible rows are in quarantine."""
    if len(quarantine) <= max_share * visible:
        return
    raise UserError(
        f"{len(quarantine)} of {visible} rows cannot be used, more than {100 * max_share:g}%: "
        + _examples(quarantine),
        where=where,
        valid=_advice(quarantine) + "put the file or the section's columns, decimal or date_format right, "
        "or raise ingest.max_quarantine_share",
    )


def stop_if_lost(quarantine: pd.DataFrame, where: str) -> None:
    """Raise a UserError if any row of a table whose rows have to be obeyed is in quarantine."""
    if quarantine.empty:
        return
    raise UserError(
        f"{counted(len(quarantine)):row cannot be used, which/rows cannot be used, which} may be a refusal: "
        + _examples(quarantine),
        where=where,
        valid=_advice(quarantine) + "put the rows right, or leave out by a query what is no refusal",
    )


def stop_if_cut_short(last: Mapping[str, Any], present: Mapping[str, Any], log: str, kept_in: Path) -> None:
    """Raise a UserError if what is read as in the last run has become much less: a cut file looks like churn.

    Parameters
    ----------
    last, present : mapping
        The counts of both runs; `last` is empty before there was one.
    log : str
        The section of the parameters that says where the orders are.
    kept_in : Path
        Where the last counts are kept, for the message.
    """
    if last.get("read_by") != present["read_by"]:
        return
    before = _sizes(last)
    for table, (rows, what) in _sizes(present).items():
        if rows < WHOLE * before[table][0]:
            raise UserError(
                f"{rows:,} {what}, the last run found {before[table][0]:,}: a part seems to be missing",
                where=f"sources.{log if table == 'orders' else table}",
                valid="the whole table; or, if it has become smaller on purpose, "
                f"delete {kept_in} and run again",
            )


def _sizes(counts: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Give how much there is of the log, and of the tables whose rows have to be obeyed."""
    binding = {
        name: (table["rows_read"], "rows")
        for name, table in counts["tables"].items()
        if table["status"] == "on" and OPTIONAL[name].is_binding
    }
    return {"orders": (counts["orders"], "orders"), **binding}


def _examples(quarantine: pd.DataFrame) -> str:
    """Say how often each rule was broken, and where first."""
    rules = ", ".join(f"{rule} {count}" for rule, count in by_frequency(quarantine["rule"]))
    rows = quarantine.drop_duplicates("rule").head(EXAMPLES).fillna({"column": "row"})
    examples = "; ".join(
        f"{source}:{line} {column} {rule}, {value_class}"
        for source, line, column, rule, value_class in zip(
            *(rows[name] for name in ("source", "line", "column", "rule", "value_class")), strict=True
        )
    )
    return f"{rules}. Such as {examples}"


def _advice(quarantine: pd.DataFrame) -> str:
    """Say what helps where a rule was broken that the shop can decide about."""
    first = quarantine.drop_duplicates("rule").set_index("rule")
    advice = ""
    if "missing_customer_id" in first.index:
        advice += "ingest.missing_customer_id: leave_out if anonymous sales are normal here, "
    if "unknown_reference" in first.index:
        column = str(first.loc["unknown_reference", "column"])
        advice += (
            f"deliver what {column} refers to, such as orders from as far back, or leave such rows out by a "
            "query, "
        )
    if "not_allowed" in first.index:
        column, ours, reason = (
            str(first.loc["not_allowed", name]) for name in ("column", "our_column", "reason")
        )
        advice += f"tell under words.{ours} what the words of {column} mean ({reason.rstrip('.').lower()}), "
    return advice


def by_frequency(rules: pd.Series[str]) -> list[tuple[str, int]]:
    """Count the names, the most frequent first."""
    return sorted(Counter(rules).items(), key=lambda item: (-item[1], item[0]))
