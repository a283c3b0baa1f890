-- What a return can take its money from: an order of a customer who returned something.
CREATE TABLE targets AS
SELECT row_number() OVER (ORDER BY customer_key, ordered_at, amount, product_id, order_id, lines)
           AS target_no,
       customer_key, order_id, product_id, ordered_at, amount, 1 AS orders, lines
FROM purchases JOIN identities USING (customer_no)
WHERE amount > 0 AND customer_key IN (SELECT customer_key FROM returned);

-- Which orders hold a product that their customer returned: as their own where every row is an order, else in
-- a line.
CREATE TABLE bought AS
SELECT target_no, customer_key, product_id, ordered_at
FROM targets SEMI JOIN returned USING (customer_key, product_id)
WHERE product_id <> ''
UNION
SELECT target_no, customer_key, judged.product_id, targets.ordered_at
FROM targets
JOIN identities USING (customer_key)
JOIN judged
    ON judged.customer_no = identities.customer_no
   AND judged.order_id = targets.order_id
   AND CAST(judged.ordered_at AS DATE) = CAST(targets.ordered_at AS DATE)
WHERE rule IS NULL AND left_out IS NULL AND paid > 0
  AND judged.product_id <> '' AND judged.order_id IS NOT NULL
  AND (customer_key, judged.product_id) IN (SELECT customer_key, product_id FROM returned);

-- The order each return belongs to, found from what had happened when it came, so that no later event moves
-- it: the order of the same id, else the latest earlier one of the product, else of the amount, else the
-- latest if it is larger. Of orders at the same moment the largest stands for all.
CREATE TABLE by_id AS
WITH refs AS (
    SELECT customer_key, order_id AS order_ref, ordered_at, target_no FROM targets WHERE order_id IS NOT NULL
    UNION ALL
    SELECT customer_key, order_key, ordered_at, target_no FROM targets JOIN order_keys USING (order_id)
),
latest AS (
    SELECT customer_key, order_ref, ordered_at, max(target_no) AS target_no FROM refs GROUP BY ALL
)
SELECT return_no, target_no, 'order_id' AS matched_by
FROM returned
ASOF JOIN latest
    ON latest.customer_key = returned.customer_key
   AND latest.order_ref = returned.order_ref
   AND latest.ordered_at <= returned.returned_at;

-- A stack per customer and thing, a product or an amount: an order is put on it, a return takes the top one
-- off, so that no order is given back twice. The height of the stack is the running sum, kept from falling
-- below zero; what a return takes is what was last put at its height.
CREATE MACRO last_in_first_out(steps) AS TABLE
WITH sums AS (
    SELECT *, sum(step) OVER (
        PARTITION BY customer_key, thing ORDER BY moment, step DESC, target_no, return_no) AS total
    FROM query_table(steps)
),
heights AS (
    SELECT *, total + CASE WHEN step = -1 THEN 1 ELSE 0 END - least(0, min(total) OVER (
        PARTITION BY customer_key, thing ORDER BY moment, step DESC, target_no, return_no)) AS height
    FROM sums
),
tops AS (
    SELECT return_no, lag(target_no) OVER (
        PARTITION BY customer_key, thing, height ORDER BY moment, step DESC, target_no, return_no
    ) AS target_no
    FROM heights
)
SELECT return_no, target_no FROM tops WHERE return_no IS NOT NULL AND target_no IS NOT NULL;

CREATE VIEW product_steps AS
SELECT customer_key, product_id AS thing, ordered_at AS moment, 1 AS step, target_no, NULL AS return_no
FROM bought
UNION ALL
SELECT customer_key, product_id, returned_at, -1, NULL, return_no
FROM returned
WHERE product_id IS NOT NULL AND return_no NOT IN (SELECT return_no FROM by_id);

-- Two pieces of a product can be one line of one order: when the stack is empty, the latest order that had it
-- stands.
CREATE TABLE by_product AS
WITH open AS (
    FROM last_in_first_out('product_steps')
),
latest AS (
    SELECT customer_key, product_id, ordered_at, max(target_no) AS target_no FROM bought GROUP BY ALL
),
latest_of_product AS (
    SELECT return_no, target_no
    FROM returned
    ASOF JOIN latest
        ON latest.customer_key = returned.customer_key
       AND latest.product_id = returned.product_id
       AND latest.ordered_at <= returned.returned_at
    WHERE return_no NOT IN (SELECT return_no FROM by_id)
)
SELECT return_no, coalesce(open.target_no, latest_of_product.target_no) AS target_no, 'product' AS matched_by
FROM latest_of_product LEFT JOIN open USING (return_no);

CREATE VIEW amount_steps AS
SELECT customer_key, amount AS thing, ordered_at AS moment, 1 AS step, target_no, NULL AS return_no
FROM targets
WHERE (customer_key, amount) IN (SELECT customer_key, -amount FROM returned)
UNION ALL
SELECT customer_key, -amount, returned_at, -1, NULL, return_no
FROM returned
WHERE return_no NOT IN (SELECT return_no FROM by_id UNION ALL SELECT return_no FROM by_product);

CREATE VIEW by_amount AS
SELECT return_no, target_no, 'amount' AS matched_by FROM last_in_first_out('amount_steps');

-- What is given back can be part of the latest order, if that is larger. A guess never undoes an order at one
-- stroke.
CREATE VIEW by_time AS
WITH latest AS (
    SELECT customer_key, ordered_at, max(target_no) AS target_no, max(amount) AS amount
    FROM targets
    GROUP BY ALL
)
SELECT return_no, target_no, 'latest' AS matched_by
FROM returned
ASOF JOIN latest ON latest.customer_key = returned.customer_key AND latest.ordered_at <= returned.returned_at
WHERE latest.amount > -returned.amount;

CREATE VIEW matched AS
SELECT return_no,
       coalesce(by_id.target_no, by_product.target_no, by_amount.target_no, by_time.target_no) AS target_no,
       coalesce(by_id.matched_by, by_product.matched_by, by_amount.matched_by, by_time.matched_by, 'none')
           AS matched_by
FROM returned
LEFT JOIN by_id USING (return_no)
LEFT JOIN by_product USING (return_no)
LEFT JOIN by_amount USING (return_no)
LEFT JOIN by_time USING (return_no);
