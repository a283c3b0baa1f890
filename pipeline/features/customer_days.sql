-- One row per customer and day with an order: the only table the snapshots are made from.
-- Orders of one day are one purchase occasion, as in the papers. Every column of a row depends on that day
-- and earlier ones only, so that a filter on `day` is all a cutoff needs.
WITH days AS (
    SELECT
        customer_key,
        CAST(ordered_at AS DATE) AS day,
        count(*) AS orders,
        sum(lines) AS lines,
        sum(amount) AS amount
    FROM orders
    GROUP BY ALL
)
SELECT
    customer_key,
    day,
    CAST(orders AS INTEGER) AS orders,
    CAST(lines AS INTEGER) AS lines,
    CAST(amount AS DECIMAL(18, 4)) AS amount,
    CAST(date_diff('day', lag(day) OVER (PARTITION BY customer_key ORDER BY day), day) AS INTEGER) AS gap_days
FROM days
ORDER BY customer_key, day
