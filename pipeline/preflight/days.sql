-- One row per customer and day with an order: several orders on one day are one event, as everywhere.
SELECT customer_key, CAST(ordered_at AS DATE) AS day, count(*) AS orders
FROM orders
WHERE ordered_at < $as_of
GROUP BY customer_key, day
