-- One row per customer and channel ordered through before $cutoff, with how many of all customers' orders
-- went through it. An order counts as placed: one that was given back later says as much about habits.
WITH placed AS (
    SELECT customer_key, channel, ordered_at, CAST($cutoff AS DATE) - CAST(ordered_at AS DATE) AS age
    FROM orders
    WHERE ordered_at < $cutoff AND channel IS NOT NULL
),

everybody AS (
    SELECT channel, count(*) / sum(count(*)) OVER () AS reach
    FROM placed
    GROUP BY channel
)

SELECT
    customer_key,
    channel,
    any_value(reach) AS reach,
    count(*) AS ordered,
    count(*) FILTER (age <= 2 * $horizon_days) AS ordered_lately,
    min(ordered_at) AS first_at,
    max(ordered_at) AS last_at
FROM placed
JOIN everybody USING (channel)
GROUP BY customer_key, channel
