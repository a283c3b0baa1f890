-- One row per booking of points before $cutoff.
SELECT customer_key, kind, points, CAST($cutoff AS DATE) - CAST(booked_at AS DATE) AS age
FROM loyalty_ledger
WHERE booked_at < $cutoff
