-- One row per customer and day with an order: several orders on one day are one event, as everywhere.
-- Customers are numbered, for numbers are joined and counted much faster than keys. `kept` are the orders of
-- which something is left.
WITH numbered AS (
    SELECT customer_key, row_number() OVER () AS customer
    FROM (SELECT DISTINCT customer_key FROM orders)
),
undone AS (
    SELECT customer, CAST(ordered_at AS DATE) AS day, CAST(sum(orders_undone) AS BIGINT) AS orders
    FROM returns JOIN numbered USING (customer_key)
    WHERE netted > 0 AND returned_at < $as_of
    GROUP BY customer, day
),
ordered AS (
    SELECT customer, CAST(ordered_at AS DATE) AS day, count(*) AS orders
    FROM orders JOIN numbered USING (customer_key)
    WHERE ordered_at < $as_of
    GROUP BY customer, day
)
SELECT customer, day, ordered.orders, ordered.orders - coalesce(undone.orders, 0) AS kept
FROM ordered LEFT JOIN undone USING (customer, day)
