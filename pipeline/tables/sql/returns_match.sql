-- What a return can take its money from: an order of a customer who returned something.
CREATE TABLE targets AS
SELECT row_number() OVER (ORDER BY customer_id, ordered_at, amount, order_id, lines) AS target_no,
       customer_id, order_id, ordered_at, amount, 1 AS orders, lines
FROM purchases
WHERE amount > 0 AND customer_id IN (SELECT customer_id FROM returned);

-- The order each return belongs to, found from what had happened when it came, so that no later event moves it:
-- the order of the same id, else the latest earlier one of the same amount that is not yet given back, else the latest.
CREATE VIEW matched AS
WITH
-- Of orders at the same moment the largest stands for all.
latest_of_id AS (
    SELECT customer_id, order_id, ordered_at, max(target_no) AS target_no
    FROM targets
    WHERE order_id IS NOT NULL
    GROUP BY ALL
),
by_id AS (
    SELECT return_no, target_no
    FROM returned
    ASOF JOIN latest_of_id
        ON latest_of_id.customer_id = returned.customer_id
       AND latest_of_id.order_id = returned.order_id
       AND latest_of_id.ordered_at <= returned.returned_at
),

-- A stack per customer and amount: an order is put on it, a return takes the top one off. The height of the stack is the
-- running sum, kept from falling below zero; what a return takes is what was last put at its height.
steps AS (
    SELECT customer_id, amount, ordered_at AS moment, 1 AS step, target_no, NULL AS return_no FROM targets
    UNION ALL
    SELECT customer_id, -amount, returned_at, -1, NULL, return_no
    FROM returned
    WHERE return_no NOT IN (SELECT return_no FROM by_id)
),
sums AS (
    SELECT *, sum(step) OVER (
        PARTITION BY customer_id, amount ORDER BY moment, step DESC, target_no, return_no) AS total
    FROM steps
),
heights AS (
    SELECT *, total + CASE WHEN step = -1 THEN 1 ELSE 0 END - least(0, min(total) OVER (
        PARTITION BY customer_id, amount ORDER BY moment, step DESC, target_no, return_no)) AS height
    FROM sums
),
tops AS (
    SELECT return_no, lag(target_no) OVER (
        PARTITION BY customer_id, amount, height ORDER BY moment, step DESC, target_no, return_no) AS target_no
    FROM heights
),
by_amount AS (
    SELECT return_no, target_no FROM tops WHERE return_no IS NOT NULL AND target_no IS NOT NULL
),

latest AS (
    SELECT customer_id, ordered_at, max(target_no) AS target_no FROM targets GROUP BY ALL
),
by_time AS (
    SELECT return_no, target_no
    FROM returned
    ASOF JOIN latest ON latest.customer_id = returned.customer_id AND latest.ordered_at <= returned.returned_at
)
SELECT return_no,
       coalesce(by_id.target_no, by_amount.target_no, by_time.target_no) AS target_no,
       CASE
           WHEN by_id.target_no IS NOT NULL THEN 'order_id'
           WHEN by_amount.target_no IS NOT NULL THEN 'amount'
           WHEN by_time.target_no IS NOT NULL THEN 'latest'
           ELSE 'none'
       END AS matched_by
FROM returned
LEFT JOIN by_id USING (return_no)
LEFT JOIN by_amount USING (return_no)
LEFT JOIN by_time USING (return_no);
