-- What became of the questions and complaints that came in.
WITH opened AS (
    SELECT customer_key, kind, resolved_at, csat, epoch_us(first_response_at) - epoch_us(opened_at) AS waited
    FROM tickets
    WHERE opened_at >= $start AND opened_at < $as_of
),
complaints AS (
    SELECT customer_key, resolved_at FROM opened WHERE kind = 'complaint'
),
bought AS (
    SELECT customer_key FROM orders WHERE ordered_at >= $start AND ordered_at < $as_of
)
SELECT
    'complaints_per_order' AS name,
    (SELECT count(*) FROM complaints) AS numerator,
    (SELECT count(*) FROM bought) AS denominator,
    count(*) AS customers
FROM (SELECT customer_key FROM complaints UNION SELECT customer_key FROM bought)
UNION ALL
SELECT 'open_complaints', count(*) FILTER (resolved_at IS NULL), count(*), count(DISTINCT customer_key)
FROM complaints
UNION ALL
SELECT 'first_response_hours', coalesce(sum(waited), 0) / 3600000000, count(*), count(DISTINCT customer_key)
FROM opened
WHERE waited IS NOT NULL
UNION ALL
SELECT 'ticket_satisfaction', coalesce(sum(csat), 0), count(*), count(DISTINCT customer_key)
FROM opened
WHERE csat IS NOT NULL
