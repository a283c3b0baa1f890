-- Days on which a known visitor filled a cart, and whether an order followed by the end of the next day.
WITH carts AS (
    SELECT DISTINCT customer_key, CAST(occurred_at AS DATE) AS day
    FROM web_events
    WHERE
        occurred_at >= $start AND occurred_at < $as_of
        AND event IN ('cart', 'checkout_start', 'checkout_abandon')
),
bought AS (
    SELECT DISTINCT customer_key, CAST(ordered_at AS DATE) AS day FROM orders WHERE ordered_at < $as_of
),
followed AS (
    SELECT customer_key, day FROM bought
    UNION
    SELECT customer_key, CAST(day - INTERVAL 1 DAY AS DATE) FROM bought
)
SELECT
    'abandoned_carts' AS name,
    (SELECT count(*) FROM carts ANTI JOIN followed USING (customer_key, day)) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM carts
