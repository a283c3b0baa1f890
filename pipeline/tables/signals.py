"""What is odd about a log as a whole: reported, never acted on."""

from __future__ import annotations

from statistics import median
from typing import Any

from pipeline.engine import duck
from pipeline.engine.duck import Connection

PACKAGE = "pipeline.tables"
FIRST_WEEKS = 4
MIN_WEEKS = 16
MIN_BIRTHS = 30
SUSPICIOUS_RATIO = 2.0


def outliers(con: Connection) -> dict[str, Any]:
    """Set the largest of ``orders`` beside the bulk of them."""
    [found] = duck.run(con, duck.sql_file(PACKAGE, "sql/outliers.sql"), name="outliers").fetchall()
    return dict(zip(("largest_order", "p999", "robust_limit", "orders_above_limit"), found, strict=True))


def left_truncation(con: Connection) -> dict[str, Any]:
    """Ask whether ``orders`` start in the middle of the customers' lives.

    Where they do, customers who have long been there appear as new in the first weeks: more first orders than
    the shop wins customers later. The later rate is the median week of the second half of the log. None at
    all then is a closed cohort, followed from its start on purpose, not a log that starts too late.

    Returns
    -------
    dict
        `suspected`, `first_orders_per_week_at_start` (mean of the first four weeks) and `…_later`; None for
        a log too short to tell.
    """
    sql = duck.sql_file(PACKAGE, "sql/births.sql")
    weeks = [births for (births,) in duck.run(con, sql, name="births").fetchall()]
    if len(weeks) < MIN_WEEKS:
        return {
            "suspected": False,
            "first_orders_per_week_at_start": None,
            "first_orders_per_week_later": None,
        }
    at_start, later = sum(weeks[:FIRST_WEEKS]), median(weeks[len(weeks) // 2 :])
    rate = at_start / FIRST_WEEKS
    suspected = at_start >= MIN_BIRTHS and later > 0 and rate > SUSPICIOUS_RATIO * later
    return {
        "suspected": suspected,
        "first_orders_per_week_at_start": rate,
        "first_orders_per_week_later": later,
    }
