-- One row per customer with an order before $cutoff: what was known on the evening before.
-- Amounts are exact decimals and day counts are integers, so that no sum depends on the order of rows
-- or on the number of threads; each is turned into a double once, at the end.
-- A row of customer_days is never known before its day, so that `known_from < $cutoff` hides the orders after it too.
WITH past AS (
    SELECT *, day >= $cutoff - INTERVAL 30 DAY AS in_30d,
        day >= $cutoff - INTERVAL 90 DAY AS in_90d,
        day >= $cutoff - INTERVAL 180 DAY AS in_180d,
        day >= $cutoff - INTERVAL 365 DAY AS in_365d
    FROM customer_days
    WHERE known_from < $cutoff AND (known_until IS NULL OR known_until >= $cutoff)
),

-- recency, frequency, T and monetary value by the definitions of Fader, Hardie and Lee (2005):
-- the first order is no repeat and its amount is not in monetary_value.
-- T runs to the last observed day, the one before the cutoff.
rfm AS (
    SELECT
        customer_key,
        min(day) AS first_order_on,
        max(day) AS last_order_on,
        count(*) - 1 AS frequency,
        date_diff('day', min(day), max(day)) AS recency,
        date_diff('day', min(day), $cutoff) - 1 AS T,
        date_diff('day', max(day), $cutoff) - 1 AS days_since_last,
        count(*) FILTER (gap_days IS NOT NULL AND amount > 0) AS spend_days,
        coalesce(sum(amount) FILTER (gap_days IS NOT NULL), 0) AS repeat_spend
    FROM past
    GROUP BY customer_key
),

-- The customer's own rhythm. Sums of squares stay integers: a floating-point variance would depend on
-- the order in which threads meet their rows.
rhythm AS (
    SELECT
        customer_key,
        count(gap_days) AS gaps,
        sum(gap_days) AS gap_sum,
        sum(CAST(gap_days AS BIGINT) * gap_days) AS gap_square_sum,
        arg_max(gap_days, day) AS last_gap_days
    FROM past
    GROUP BY customer_key
),

spend AS (
    SELECT
        customer_key,
        sum(orders) AS orders,
        sum(lines) AS lines,
        sum(amount) AS spend_total,
        arg_min(amount, day) AS first_order_amount,
        arg_max(amount, day) AS last_order_amount,
        max(amount) AS largest_order_amount,
        count(*) FILTER (isodow(day) >= 6) AS weekend_days
    FROM past
    GROUP BY customer_key
),

windows AS (
    SELECT
        customer_key,
        coalesce(sum(orders) FILTER (in_30d), 0) AS orders_30d,
        coalesce(sum(orders) FILTER (in_90d), 0) AS orders_90d,
        coalesce(sum(orders) FILTER (in_180d), 0) AS orders_180d,
        coalesce(sum(orders) FILTER (in_365d), 0) AS orders_365d,
        coalesce(sum(amount) FILTER (in_30d), 0) AS spend_30d,
        coalesce(sum(amount) FILTER (in_90d), 0) AS spend_90d,
        coalesce(sum(amount) FILTER (in_180d), 0) AS spend_180d,
        coalesce(sum(amount) FILTER (in_365d), 0) AS spend_365d
    FROM past
    GROUP BY customer_key
)

SELECT
    customer_key,
    CAST($cutoff AS DATE) AS cutoff,
    CAST(frequency AS INTEGER) AS frequency,
    CAST(recency AS INTEGER) AS recency,
    CAST(T AS INTEGER) AS T,
    CASE WHEN spend_days = 0 THEN 0.0 ELSE CAST(repeat_spend AS DOUBLE) / spend_days END AS monetary_value,
    CAST(spend_days AS INTEGER) AS spend_days,
    CAST(orders AS INTEGER) AS orders,
    CAST(spend_total AS DOUBLE) AS spend_total,
    CAST(spend_total AS DOUBLE) / orders AS average_order_value,
    CAST(first_order_amount AS DOUBLE) AS first_order_amount,
    CAST(last_order_amount AS DOUBLE) AS last_order_amount,
    CAST(largest_order_amount AS DOUBLE) AS largest_order_amount,
    CAST(lines AS DOUBLE) / orders AS lines_per_order,
    CAST(days_since_last AS INTEGER) AS days_since_last,
    CAST(gap_sum AS DOUBLE) / gaps AS mean_gap_days,
    CASE
        WHEN gaps >= 2 THEN sqrt(CAST(gaps * gap_square_sum - gap_sum * gap_sum AS DOUBLE) / (gaps * (gaps - 1)))
    END AS gap_sd_days,
    CAST(last_gap_days AS DOUBLE) AS last_gap_days,
    days_since_last * CAST(gaps AS DOUBLE) / gap_sum AS overdue,
    CAST(orders_30d AS INTEGER) AS orders_30d,
    CAST(orders_90d AS INTEGER) AS orders_90d,
    CAST(orders_180d AS INTEGER) AS orders_180d,
    CAST(orders_365d AS INTEGER) AS orders_365d,
    CAST(spend_30d AS DOUBLE) AS spend_30d,
    CAST(spend_90d AS DOUBLE) AS spend_90d,
    CAST(spend_180d AS DOUBLE) AS spend_180d,
    CAST(spend_365d AS DOUBLE) AS spend_365d,
    CAST(2 * orders_90d - orders_180d AS INTEGER) AS order_trend_90d,
    CAST(weekend_days AS DOUBLE) / (frequency + 1) AS weekend_share,
    first_order_on,
    last_order_on
FROM rfm
JOIN rhythm USING (customer_key)
JOIN spend USING (customer_key)
JOIN windows USING (customer_key)
ORDER BY customer_key
