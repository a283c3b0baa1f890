-- What each customer did in the horizon [$cutoff, $cutoff + $horizon_days), as known at its end.
SELECT
    customer_key,
    count(*) AS future_orders,
    min(day) >= CAST($cutoff AS DATE) + ($horizon_days + 1) // 2 AS silent_at_first,
    CAST(sum(amount) AS DOUBLE) AS future_spend
FROM customer_days
WHERE day >= $cutoff
    AND known_from < CAST($cutoff AS DATE) + $horizon_days
    AND (known_until IS NULL OR known_until >= CAST($cutoff AS DATE) + $horizon_days)
GROUP BY customer_key
