-- Of the contracts that ran when the period began, those that were cancelled in it.
SELECT
    'contracts_cancelled' AS name,
    count(*) FILTER (cancelled_at < $as_of) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM subscriptions
WHERE
    started_at < $start
    AND coalesce(cancelled_at >= $start, TRUE)
    AND coalesce(ends_at >= $start, TRUE)
