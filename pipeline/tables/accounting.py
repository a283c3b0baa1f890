"""Nothing is lost in silence: what was read is held against what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.sources import Raw

EXAMPLES = 3


class AccountingError(RuntimeError):
    """Rows were lost or made up on the way: a defect of this code, never of the data."""


def rows_per_file(con: Connection, raw: Raw, until: datetime | None) -> dict[str, dict[str, int]]:
    """Count what became of the rows of each file, and hold it against the rows that were read."""
    statement = duck.sql_file("pipeline.tables", "sql/per_file.sql")
    counted = {
        row[0]: row[1:] for row in duck.run(con, statement, {"until": until}, name="per_file").fetchall()
    }
    files: dict[str, dict[str, int]] = {}
    for file_no, file in enumerate(raw.files):
        accepted, quarantined, after_as_of = counted.get(file_no, (0, 0, 0))
        if file.rows != accepted + quarantined + after_as_of:
            raise AccountingError(
                f"{file.label}: {file.rows} rows read, but {accepted} accepted + {quarantined} quarantined "
                f"+ {after_as_of} after the as-of date"
            )
        files[file.label] = {
            "rows_read": file.rows,
            "accepted_rows": accepted,
            "quarantined": quarantined,
            "after_as_of": after_as_of,
        }
    return files


def counts(
    con: Connection, files: Mapping[str, Mapping[str, int]], quarantine: pd.DataFrame, orders: pd.DataFrame
) -> dict[str, Any]:
    """Add up what the tables hold, and hold it against the accepted rows."""
    kinds = ("rows_read", "accepted_rows", "quarantined", "after_as_of")
    total = {kind: sum(file[kind] for file in files.values()) for kind in kinds}
    made = """
        SELECT count(*) FILTER (WHERE amount >= 0), count(*) FILTER (WHERE amount < 0), sum(lines - 1)::BIGINT
        FROM purchases"""
    [(order_count, return_count, merged)] = duck.run(con, made, name="purchases").fetchall()
    if total["accepted_rows"] != order_count + return_count + merged or order_count != len(orders):
        raise AccountingError(
            f"{total['accepted_rows']} rows accepted, but {order_count} orders ({len(orders)} written) "
            f"+ {return_count} returns + {merged} merged lines"
        )
    return {
        **total,
        "orders": order_count,
        "returns": return_count,
        "merged_lines": merged,
        "zero_amount_orders": int((orders["amount"] == 0).sum()),
        "customers": int(orders["customer_key"].nunique()),
        "first_order_on": orders["ordered_at"].min().date(),
        "last_order_on": orders["ordered_at"].max().date(),
        "rules": dict(by_frequency(quarantine["rule"])),
        "sources": dict(files),
    }


def stop_if_too_many(quarantine: pd.DataFrame, visible: int, max_share: float, where: str) -> None:
    """Raise a UserError with counts and examples if too many of the visible rows are in quarantine."""
    if len(quarantine) <= max_share * visible:
        return
    rules = ", ".join(f"{rule} {count}" for rule, count in by_frequency(quarantine["rule"]))
    rows = quarantine.drop_duplicates("rule").head(EXAMPLES).fillna({"column": "row"})
    examples = "; ".join(
        f"{source}:{line} {column} {rule}, {value_class}"
        for source, line, column, rule, value_class in zip(
            *(rows[name] for name in ("source", "line", "column", "rule", "value_class")), strict=True
        )
    )
    raise UserError(
        f"{len(quarantine)} of {visible} rows cannot be used, more than {max_share:.0%}: {rules}. "
        f"Such as {examples}",
        where=where,
        valid="put the file or the section's columns, decimal or date_format right, "
        "or raise ingest.max_quarantine_share",
    )


def by_frequency(rules: pd.Series[str]) -> list[tuple[str, int]]:
    """Count the names, the most frequent first."""
    return sorted(Counter(rules).items(), key=lambda item: (-item[1], item[0]))
