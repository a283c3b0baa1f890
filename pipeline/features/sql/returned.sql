-- One row per return known on the evening before $cutoff.
SELECT customer_key, returned_at, netted
FROM returns
WHERE returned_at < $cutoff AND netted > 0
