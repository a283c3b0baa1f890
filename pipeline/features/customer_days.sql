-- One row per customer and day with an order, as it was known: the only table the snapshots are made from.
-- Orders of one day are one purchase occasion, as in the papers. Every column of a row depends on that day
-- and earlier ones only, so that a filter on `known_from` and `known_until` is all a cutoff needs.
-- A return changes its order's day from the day it comes in: a row holds from `known_from` to the day before
-- `known_until`, then another takes its place, or none where nothing of the day's orders is left.
WITH days AS (
    SELECT
        customer_key,
        CAST(ordered_at AS DATE) AS day,
        count(*) AS orders,
        sum(lines) AS lines,
        sum(amount) AS amount
    FROM orders
    GROUP BY ALL
),

taken AS (
    SELECT
        customer_key,
        CAST(ordered_at AS DATE) AS day,
        CAST(returned_at AS DATE) AS known_on,
        netted,
        orders_undone,
        lines_undone
    FROM returns
    WHERE netted > 0
),

-- What is known of a customer changes on the days returns come in; between two such days it is one state.
changes AS (
    SELECT customer_key, NULL AS since FROM days GROUP BY customer_key
    UNION ALL
    SELECT DISTINCT customer_key, known_on FROM taken
),

states AS (
    SELECT
        customer_key,
        since,
        lead(since) OVER (PARTITION BY customer_key ORDER BY since NULLS FIRST) AS known_until
    FROM changes
),

known AS (
    SELECT
        days.customer_key,
        days.day,
        states.since,
        states.known_until,
        any_value(days.orders) - coalesce(sum(taken.orders_undone), 0) AS orders,
        any_value(days.lines) - coalesce(sum(taken.lines_undone), 0) AS lines,
        any_value(days.amount) - coalesce(sum(taken.netted), 0) AS amount
    FROM days
    JOIN states USING (customer_key)
    LEFT JOIN taken
        ON taken.customer_key = days.customer_key AND taken.day = days.day AND taken.known_on <= states.since
    WHERE states.known_until IS NULL OR days.day < states.known_until
    GROUP BY ALL
)

SELECT
    customer_key,
    day,
    CAST(orders AS INTEGER) AS orders,
    CAST(lines AS INTEGER) AS lines,
    CAST(amount AS DECIMAL(18, 4)) AS amount,
    CAST(date_diff('day', lag(day) OVER (PARTITION BY customer_key, since ORDER BY day), day) AS INTEGER) AS gap_days,
    greatest(day, since) AS known_from,
    known_until
FROM known
WHERE orders > 0
ORDER BY customer_key, day, known_from
