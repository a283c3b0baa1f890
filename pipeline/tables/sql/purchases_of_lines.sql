-- The lines of one order are summed, at the time of the earliest.
CREATE TABLE purchases AS
SELECT customer_id, min(ordered_at) AS ordered_at, CAST(sum(paid) AS DECIMAL(18, 4)) AS amount, count(*) AS lines
FROM judged
WHERE rule IS NULL
GROUP BY customer_id, order_id;
