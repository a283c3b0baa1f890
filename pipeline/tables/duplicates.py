"""What a log holds twice: always counted, left out as the shop decides."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables.numbers import without_twin
from pipeline.tables.policies import Policies
from pipeline.tables.raw import fill
from pipeline.tables.sources import Raw
from pipeline.tables.verdicts import leave_out

PACKAGE = "pipeline.tables"
KEEP = "keep"


def settle(con: Connection, judged: Raw, policies: Policies) -> tuple[Raw, dict[str, int]]:
    """Mark in ``judged`` the rows that the policy leaves out as duplicates.

    Returns
    -------
    Raw
        Of ``judged``.
    dict
        Whatever the policy: `equal_rows` that repeat another in all mapped columns, those of them
        `in_another_file`, and `repeated_orders` that a later file delivers again line for line.
    """
    duck.register(con, "perhaps_equal_rows", _perhaps_equal(judged))
    fill(con, "perhaps_equal", judged.columns)
    duck.run(con, duck.sql_file(PACKAGE, "sql/equal_rows.sql"), name="equal rows")
    several = {"several_files": len(judged.files) > 1}
    duck.run(con, duck.sql_file(PACKAGE, "sql/repeated_orders.sql"), several, name="repeated orders")
    found = """
        SELECT (SELECT count(*) FROM equal_rows),
               (SELECT count(*) FROM equal_rows WHERE in_another_file),
               (SELECT count(*) FROM repeated_orders)"""
    [(equal_rows, in_another_file, repeated_orders)] = duck.run(con, found, name="repeats").fetchall()
    if policies.duplicates != KEEP:
        statement = duck.sql_file(PACKAGE, f"sql/{policies.duplicates}.sql")
        places = duck.arrow(con, statement, name=policies.duplicates)["place"].to_numpy()
        judged = leave_out(con, judged, places, "duplicates")
    return judged, {
        "equal_rows": equal_rows,
        "equal_rows_in_another_file": in_another_file,
        "repeated_orders": repeated_orders,
    }


def _perhaps_equal(judged: Raw) -> pa.Table:
    """Return the rows whose hash others have: sorting numbers costs a fraction of grouping them in SQL."""
    digests = judged.rows["digest"]
    chosen = pc.is_valid(digests).to_numpy()
    chosen[chosen] = ~without_twin(digests.drop_null().to_numpy())
    return judged.rows.filter(pa.array(chosen))  # to take them by their places would copy all texts first
