-- One row per customer and day with an order: several orders on one day are one event, as everywhere.
-- Customers are numbered, for numbers are joined and counted much faster than keys.
WITH numbered AS (
    SELECT customer_key, row_number() OVER () AS customer
    FROM (SELECT DISTINCT customer_key FROM orders)
)
SELECT customer, CAST(ordered_at AS DATE) AS day, count(*) AS orders
FROM orders JOIN numbered USING (customer_key)
WHERE ordered_at < $as_of
GROUP BY customer, day
