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
-- A customer who returned nothing has no row here and one state.
changes AS (
    SELECT DISTINCT customer_key, CAST(NULL AS DATE) AS since FROM taken
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

taken_until AS (
    SELECT
        customer_key,
        states.since,
        taken.day,
        sum(taken.netted) AS netted,
        sum(taken.orders_undone) AS orders_undone,
        sum(taken.lines_undone) AS lines_undone
    FROM states
    JOIN taken USING (customer_key)
    WHERE taken.known_on <= states.since
    GROUP BY ALL
),

known AS (
    SELECT
        customer_key,
        day,
        since,
        states.known_until,
        days.orders - coalesce(taken_until.orders_undone, 0) AS orders,
        days.lines - coalesce(taken_until.lines_undone, 0) AS lines,
        days.amount - coalesce(taken_until.netted, 0) AS amount
    FROM days
    LEFT JOIN states USING (customer_key)
    LEFT JOIN taken_until USING (customer_key, day, since)
    WHERE states.known_until IS NULL OR days.day < states.known_until
)

SELECT
    customer_key,
    day,
    CAST(orders AS INTEGER) AS orders,
    CAST(lines AS INTEGER) AS lines,
    CAST(amount AS DECIMAL(18, 4)) AS amount,
    CAST(
        date_diff('day', lag(day) OVER (PARTITION BY customer_key, since ORDER BY day), day) AS INTEGER
    ) AS gap_days,
    greatest(day, since) AS known_from,
    known_until
FROM known
WHERE orders > 0
ORDER BY customer_key, day, known_from
