-- One row per web event before $cutoff.
SELECT customer_key, event, CAST($cutoff AS DATE) - CAST(occurred_at AS DATE) AS age
FROM web_events
WHERE occurred_at < $cutoff
