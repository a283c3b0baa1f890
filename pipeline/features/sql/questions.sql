-- One row per ticket opened before $cutoff; how it ended, if it had by then.
SELECT
    customer_key,
    CAST($cutoff AS DATE) - CAST(opened_at AS DATE) AS age,
    coalesce(kind = 'complaint', FALSE) AS is_complaint,
    NOT coalesce(resolved_at < $cutoff, FALSE) AS is_open,
    CASE WHEN resolved_at < $cutoff THEN csat END AS csat
FROM tickets
WHERE opened_at < $cutoff
