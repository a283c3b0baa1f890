-- Days on which a known visitor filled a cart, and whether there was an order on that day or the next. That
-- day has to be over: carts of the last day known are left for the next period.
WITH carts AS (
    SELECT DISTINCT customer_key, CAST(occurred_at AS DATE) AS day
    FROM web_events
    WHERE
        occurred_at >= CAST($start AS DATE) - INTERVAL 1 DAY
        AND occurred_at < CAST($as_of AS DATE) - INTERVAL 1 DAY
        AND event IN ('cart', 'checkout_start', 'checkout_abandon')
),
bought AS (
    SELECT DISTINCT customer_key, CAST(ordered_at AS DATE) AS day FROM orders
),
answered AS (
    SELECT customer_key, day FROM bought
    UNION
    SELECT customer_key, CAST(day - INTERVAL 1 DAY AS DATE) FROM bought
)
SELECT
    'abandoned_carts' AS name,
    (SELECT count(*) FROM carts ANTI JOIN answered USING (customer_key, day)) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM carts
