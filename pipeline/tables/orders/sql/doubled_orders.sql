-- Orders of three different lines and more, each of which stands there equally often, more than once, and
-- with rows of other orders between: two sets in one order stand together.
WITH perhaps AS (
    SELECT customer_no, order_id FROM perhaps_equal GROUP BY ALL HAVING count(*) >= 6
),
lines AS (
    SELECT customer_no, order_id, count(*) AS times, max(place) - min(place) AS apart
    FROM judged SEMI JOIN perhaps USING (customer_no, order_id)
    WHERE rule IS NULL AND left_out IS NULL
    GROUP BY customer_no, order_id, ordered_at, paid, product_id
),
doubled AS (
    SELECT customer_no, order_id FROM lines GROUP BY ALL
    HAVING count(*) >= 3 AND min(times) > 1 AND min(times) = max(times) AND min(apart) >= sum(times)
)
SELECT count(*) FROM doubled
