-- The lines of one order are summed, at the time of the earliest. A line of a later day is an event of its
-- own: a refund or a second delivery that came after a cutoff must not change the order that was known before
-- it.
CREATE TABLE summed AS
SELECT customer_no, order_id, NULL::VARCHAR AS product_id, min(ordered_at) AS ordered_at,
       CAST(sum(paid) AS DECIMAL(18, 4)) AS amount, count(*) AS lines,
       min(nullif(channel, '')) AS channel
FROM judged
WHERE rule IS NULL AND left_out IS NULL AND NOT only_line
GROUP BY customer_no, order_id, CAST(ordered_at AS DATE);

-- A row whose order id no other row has needs no sum, and without an order id every row is an order.
CREATE VIEW purchases AS
SELECT customer_no, order_id, CASE WHEN order_id IS NULL THEN product_id END AS product_id, ordered_at,
       paid AS amount, 1::BIGINT AS lines, nullif(channel, '') AS channel
FROM judged
WHERE rule IS NULL AND left_out IS NULL AND only_line IS NOT FALSE
UNION ALL
FROM summed;
