-- An order that sums to less than nothing is money given back, not a purchase. Of several products it is a
-- return for each, unless one of them was bought in exchange.
CREATE TABLE whole AS
SELECT customer_no, order_id, ordered_at AS returned_at, CAST(ordered_at AS DATE) AS day, amount
FROM purchases
WHERE amount < 0;

CREATE VIEW log_returns AS
WITH parts AS (
    SELECT whole.customer_no, whole.order_id, day, nullif(product_id, '') AS product_id,
           min(ordered_at) AS returned_at, CAST(sum(paid) AS DECIMAL(18, 4)) AS amount
    FROM whole
    JOIN judged
        ON judged.customer_no = whole.customer_no
       AND judged.order_id = whole.order_id
       AND CAST(judged.ordered_at AS DATE) = day
    WHERE rule IS NULL AND left_out IS NULL
    GROUP BY ALL
),
largest AS (
    SELECT customer_no, order_id, day, max(amount) < 0 AS divides FROM parts GROUP BY ALL
)
SELECT customer_no, order_id, product_id, parts.returned_at, parts.amount
FROM parts JOIN largest USING (customer_no, order_id, day)
WHERE divides
UNION ALL
SELECT customer_no, order_id, NULL, whole.returned_at, whole.amount
FROM whole JOIN largest USING (customer_no, order_id, day)
WHERE NOT divides;
