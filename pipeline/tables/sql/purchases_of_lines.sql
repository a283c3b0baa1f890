-- The lines of one order are summed, at the time of the earliest. A line of a later day is an event of its own: a refund
-- or a second delivery that came after a cutoff must not change the order that was known before it.
CREATE TABLE purchases AS
SELECT customer_no, order_id, NULL::VARCHAR AS product_id, min(ordered_at) AS ordered_at,
       CAST(sum(paid) AS DECIMAL(18, 4)) AS amount, count(*) AS lines,
       min(nullif(channel, '')) AS channel
FROM judged
WHERE rule IS NULL AND left_out IS NULL
GROUP BY customer_no, order_id, CAST(ordered_at AS DATE);
