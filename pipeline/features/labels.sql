-- What each customer of the snapshot did in the horizon [$cutoff, $horizon_end): the label, as known at its end.
WITH customers AS (
    SELECT DISTINCT customer_key
    FROM customer_days
    WHERE known_from < $cutoff AND (known_until IS NULL OR known_until >= $cutoff)
),

horizon AS (
    SELECT
        customer_key,
        count(*) AS future_orders,
        sum(amount) AS future_spend
    FROM customer_days
    WHERE day >= $cutoff AND known_from < $horizon_end AND (known_until IS NULL OR known_until >= $horizon_end)
    GROUP BY customer_key
)

SELECT
    future_orders IS NULL AS churned,
    CAST(coalesce(future_orders, 0) AS BIGINT) AS future_orders,
    CAST(coalesce(future_spend, 0) AS DOUBLE) AS future_spend
FROM customers
LEFT JOIN horizon USING (customer_key)
ORDER BY customer_key
