"""What a log holds twice: always counted, left out as the shop decides."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables.policies import Policies

PACKAGE = "pipeline.tables"
KEEP = "keep"


def settle(con: Connection, policies: Policies) -> dict[str, int]:
    """Mark in ``judged`` the rows that the policy leaves out as duplicates.

    Returns
    -------
    dict
        Whatever the policy: `equal_rows` that repeat another in all mapped columns, those of them
        `in_another_file`, and `repeated_orders` that a later file delivers again line for line.
    """
    duck.run(con, duck.sql_file(PACKAGE, "sql/digested.sql"), name="digested")
    duck.register(con, "shared", _shared(con))
    duck.run(con, duck.sql_file(PACKAGE, "sql/duplicates.sql"), name="duplicates")
    found = """
        SELECT (SELECT count(*) FROM equal_rows),
               (SELECT count(*) FROM equal_rows WHERE in_another_file),
               (SELECT count(*) FROM repeated_orders)"""
    [(equal_rows, in_another_file, repeated_orders)] = duck.run(con, found, name="repeats").fetchall()
    if policies.duplicates != KEEP:
        duck.run(con, duck.sql_file(PACKAGE, f"sql/{policies.duplicates}.sql"), name=policies.duplicates)
    return {
        "equal_rows": equal_rows,
        "equal_rows_in_another_file": in_another_file,
        "repeated_orders": repeated_orders,
    }


def _shared(con: Connection) -> pa.Table:
    """Return the hashes that several rows have: sorting numbers costs a fraction of grouping them in SQL."""
    digests = np.sort(duck.arrow(con, "SELECT digest FROM digested", name="digests")["digest"].to_numpy())
    return pa.table({"digest": np.unique(digests[1:][digests[1:] == digests[:-1]])})
