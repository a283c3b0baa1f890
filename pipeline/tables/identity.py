"""Who a row belongs to: ids that are one customer, and ids that are none."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.policies import FILE
from pipeline.tables.reference import reading, refuse
from pipeline.tables.spec import IdMapSource

PACKAGE = "pipeline.tables"
WHERE = "sources.id_map"

WRONG_LINKS = """
    SELECT file_no, line, 'an id is empty' AS problem FROM raw WHERE from_id = '' OR customer_id = ''
    UNION ALL
    SELECT raw.file_no, raw.line, 'the id stands for two customers'
    FROM raw JOIN raw AS other USING (from_id)
    WHERE raw.customer_id <> other.customer_id
    UNION ALL
    SELECT raw.file_no, raw.line, 'the id it leads to leads on to another: a chain or a cycle'
    FROM raw JOIN raw AS next ON next.from_id = raw.customer_id
    WHERE raw.from_id <> raw.customer_id AND next.customer_id <> next.from_id"""


def link(con: Connection, id_map: IdMapSource | None, root: Path) -> None:
    """Make the view ``linked``: the rows of ``visible``, each under the id its customer goes by.

    Raises
    ------
    UserError
        If an id leads to two customers, or to one that leads on.
    """
    if id_map is None:
        duck.run(con, "CREATE VIEW linked AS SELECT * FROM visible", name="linked")
        return
    columns = {"from_id": id_map.columns.from_id, "customer_id": id_map.columns.customer_id}
    with reading(id_map, columns, root, WHERE) as (other, raw):
        refuse(other, raw, WRONG_LINKS, f"{WHERE}.path")
        links = duck.arrow(other, "SELECT DISTINCT from_id, customer_id FROM raw ORDER BY ALL", name="links")
    duck.register(con, "links", links)
    duck.run(con, duck.sql_file(PACKAGE, "sql/linked.sql"), name="linked")


def unlinked(con: Connection) -> dict[str, int]:
    """Count the accepted rows and their ids that the id map does not know, in neither of its columns."""
    count = """
        SELECT count(*), count(DISTINCT customer_id) FROM judged
        WHERE rule IS NULL AND customer_id NOT IN (SELECT customer_id FROM links)"""
    [(rows, ids)] = duck.run(con, count, name="unlinked").fetchall()
    return {"rows": rows, "ids": ids}


def exclude(con: Connection, patterns: tuple[str, ...], root: Path) -> None:
    """Make the table ``excluded_customers``: the ids of the log that match a pattern.

    Raises
    ------
    UserError
        If a list of patterns is not there or is not text.
    """
    if not patterns:
        duck.run(con, "CREATE TABLE excluded_customers (customer_id VARCHAR)", name="excluded_customers")
        return
    listed = [line for pattern in patterns for line in _lines(pattern, root)]
    duck.register(con, "patterns", pa.table({"pattern": pa.array(listed, pa.string())}))
    duck.run(con, duck.sql_file(PACKAGE, "sql/excluded_customers.sql"), name="excluded_customers")


def _lines(pattern: str, root: Path) -> list[str]:
    """Read a list that is named by ``file:PATH``; anything else is a pattern itself."""
    if not pattern.startswith(FILE):
        return [pattern]
    path = pattern.removeprefix(FILE)
    try:
        text = (root / path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} cannot be read: {type(error).__name__}",
            where="ingest.exclude_customers",
            valid="file:data/raw/employees.txt, UTF-8, one id or pattern per line",
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]
