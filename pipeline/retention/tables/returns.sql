-- What was given back of the orders placed; of the latest, more may still come back.
WITH given_back AS (
    SELECT coalesce(sum(netted), 0) AS amount, count(DISTINCT customer_key) AS customers
    FROM returns
    WHERE ordered_at >= $start AND ordered_at < $as_of AND netted > 0
)
SELECT
    'returned' AS name,
    any_value(given_back.amount) AS numerator,
    coalesce(sum(orders.amount), 0) AS denominator,
    coalesce(nullif(any_value(given_back.customers), 0), count(DISTINCT customer_key)) AS customers
FROM given_back
LEFT JOIN orders ON ordered_at >= $start AND ordered_at < $as_of
