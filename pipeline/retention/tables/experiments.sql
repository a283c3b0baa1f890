-- Of those drawn into each arm before the period, who ordered in it; each experiment's assignments count.
WITH drawn AS (
    SELECT experiments.customer_key, arm, bought.customer_key IS NOT NULL AS has_ordered
    FROM experiments
    LEFT JOIN (
        SELECT DISTINCT customer_key FROM orders WHERE ordered_at >= $start AND ordered_at < $as_of
    ) AS bought USING (customer_key)
    WHERE assigned_at < $start
)
SELECT
    'treated_buyers' AS name,
    count(*) FILTER (has_ordered) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM drawn
WHERE arm = 'treatment'
UNION ALL
SELECT 'untreated_buyers', count(*) FILTER (has_ordered), count(*), count(DISTINCT customer_key)
FROM drawn
WHERE arm <> 'treatment'
