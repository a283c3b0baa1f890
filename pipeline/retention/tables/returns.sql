-- What was given back of the orders placed; of the latest, more may still come back.
SELECT
    'returned' AS name,
    (SELECT coalesce(sum(netted), 0) FROM returns WHERE ordered_at >= $start AND ordered_at < $as_of) AS numerator,
    coalesce(sum(amount), 0) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM orders
WHERE ordered_at >= $start AND ordered_at < $as_of
