-- Orders of three different lines and more, each of which stands there equally often and more than once: by
-- chance pieces of one kind fill one line twice, hardly ever all lines of an order.
WITH perhaps AS (
    SELECT customer_no, order_id FROM perhaps_equal GROUP BY ALL HAVING count(*) >= 6
),
lines AS (
    SELECT customer_no, order_id, count(*) AS times
    FROM judged SEMI JOIN perhaps USING (customer_no, order_id)
    WHERE rule IS NULL AND left_out IS NULL
    GROUP BY customer_no, order_id, ordered_at, paid, product_id
),
doubled AS (
    SELECT customer_no, order_id FROM lines GROUP BY ALL
    HAVING count(*) >= 3 AND min(times) > 1 AND min(times) = max(times)
)
SELECT count(*) FROM doubled
