"""What a log holds twice: always counted, left out as the shop decides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.tables.orders.numbers import hashes, without_twin
from pipeline.tables.orders.policies import Policies
from pipeline.tables.orders.verdicts import accepted, leave_out
from pipeline.tables.sources.raw import fill
from pipeline.tables.sources.readers import Raw

PACKAGE = "pipeline.tables.orders"
KEEP = "keep"
COMPARED = "customer_no", "ordered_at", "paid", "product_id"


def settle(con: Connection, judged: Raw, policies: Policies) -> tuple[Raw, dict[str, int]]:
    """Mark in ``judged`` the rows that the policy leaves out as duplicates.

    Returns
    -------
    Raw
        Of ``judged``.
    dict
        Whatever the policy: `equal_rows` that repeat another in all mapped columns, those of them
        `in_another_file`, `repeated_orders` that a later file delivers again line for line, and
        `changed_orders` that it delivers again with other lines; and `doubled_orders`, every line of which
        still stands there more than once.
    """
    duck.register(con, "perhaps_equal_rows", _perhaps_equal(con, judged))
    fill(con, "perhaps_equal", judged.columns)
    duck.run(con, duck.sql_file(PACKAGE, "sql/equal_rows.sql"), name="equal rows")
    several = {"several_files": len(judged.files) > 1}
    duck.run(con, duck.sql_file(PACKAGE, "sql/repeated_orders.sql"), several, name="repeated orders")
    found = """
        SELECT (SELECT count(*) FROM equal_rows),
               (SELECT count(*) FROM equal_rows WHERE in_another_file),
               (SELECT count(*) FROM repeated_orders WHERE NOT is_changed),
               (SELECT count(*) FROM repeated_orders WHERE is_changed)"""
    [(equal_rows, in_another_file, repeated_orders, changed_orders)] = duck.run(
        con, found, name="repeats"
    ).fetchall()
    if policies.duplicates != KEEP:
        statement = duck.sql_file(PACKAGE, f"sql/{policies.duplicates}.sql")
        places = duck.arrow(con, statement, name=policies.duplicates)["place"].to_numpy()
        judged = leave_out(con, judged, places, "duplicates")
    statement = duck.sql_file(PACKAGE, "sql/doubled_orders.sql")
    [(doubled_orders,)] = duck.run(con, statement, name="doubled orders").fetchall()
    return judged, {
        "equal_rows": equal_rows,
        "equal_rows_in_another_file": in_another_file,
        "repeated_orders": repeated_orders,
        "changed_orders": changed_orders,
        "doubled_orders": doubled_orders,
    }


def _perhaps_equal(con: Connection, judged: Raw) -> pa.Table:
    """Return the accepted rows whose time others have, and then a hash of what tells rows apart best.

    Looking at times and sorting numbers costs a fraction of grouping rows in SQL.
    """
    rows = judged.rows
    chosen = pc.and_not(accepted(rows), pc.fill_null(rows["only_line"], False)).to_numpy()
    chosen &= _share_their_time(rows["ordered_at"])
    compared = rows.select([name for name in COMPARED if name in rows.column_names])
    chosen[chosen] = ~without_twin(hashes(con, *compared.filter(pa.array(chosen)).columns))
    return rows.filter(pa.array(chosen))  # to take them by their places would copy all texts first


def _share_their_time(times: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Tell whose time others have; it may be anybody's where times do not ascend."""
    earlier, later = times[:-1], times[1:]
    if times.null_count or not pc.all(pc.greater_equal(later, earlier)).as_py():
        return np.ones(len(times), dtype=bool)
    again = np.zeros(len(times) + 1, dtype=bool)
    again[1:-1] = pc.equal(later, earlier).to_numpy()
    return again[1:] | again[:-1]
