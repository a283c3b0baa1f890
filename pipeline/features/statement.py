"""The one statement that takes a snapshot, put together from the features' expressions."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from pipeline.engine.duck import sql_file
from pipeline.features.feature import Feature, Topic

SNAPSHOT = """\
SELECT
    customer_key,
    CAST(CAST($cutoff AS DATE) AS TIMESTAMP) AS cutoff,
    {features},
    CAST(first_order_on AS TIMESTAMP) AS first_order_on,
    CAST(last_order_on AS TIMESTAMP) AS last_order_on,
    CASE WHEN $is_observed THEN future_orders IS NULL END AS churned,
    CASE WHEN $is_observed THEN coalesce(silent_at_first, true) END AS silent_at_first,
    CASE WHEN $is_observed THEN coalesce(future_orders, 0) END AS future_orders,
    CASE WHEN $is_observed THEN coalesce(future_spend, 0) END AS future_spend
FROM buyers
{joins}
LEFT JOIN labels USING (customer_key)
ORDER BY customer_key"""


def statement(topics: Sequence[Topic]) -> str:
    """Return the SELECT for one cutoff: keys, the features of some topics, the label.

    Its first common table expressions are `purchases`, the rows of the order log, and `buyers`, one row per
    customer with their features. Other rows are joined to `buyers`: who has none of them has one row of
    NULLs.

    Parameters
    ----------
    topics : sequence of Topic
        The topics over `purchases` among them.

    Returns
    -------
    str
        With the parameters `$cutoff`, `$horizon_days` and `$is_observed`.
    """
    names = list(dict.fromkeys(topic.rows for topic in topics))
    parts = [("labels", sql_file("pipeline.features", "sql/labels.sql"))]
    for rows in names:
        features = [feature for topic in topics if topic.rows == rows for feature in topic.features]
        parts += [(rows, sql_file("pipeline.features", f"sql/{rows}.sql")), _aggregate(rows, features)]
    tables = ",\n\n".join(f"{name} AS (\n{indent(sql.rstrip(), '    ')}\n)" for name, sql in parts)
    joins = [f"JOIN {rows}_features USING (customer_key)" for rows in names if rows != "purchases"]
    return f"WITH {tables}\n\n" + SNAPSHOT.format(
        features=",\n    ".join(feature.name for topic in topics for feature in topic.features),
        joins="\n".join(joins),
    )


def _aggregate(rows: str, features: Sequence[Feature]) -> tuple[str, str]:
    """Give name and text of the table with one row per customer and the features over some rows."""
    columns = [
        f"CAST({feature.sql} AS {'INTEGER' if feature.whole else 'DOUBLE'}) AS {feature.name}"
        for feature in features
    ]
    if rows == "purchases":
        columns += ["min(day) AS first_order_on", "max(day) AS last_order_on"]
        name, tables = "buyers", "purchases"
    else:
        name, tables = f"{rows}_features", f"buyers LEFT JOIN {rows} USING (customer_key)"
    listed = ",\n    ".join(["customer_key", *columns])
    return name, f"SELECT\n    {listed}\nFROM {tables}\nGROUP BY customer_key"
