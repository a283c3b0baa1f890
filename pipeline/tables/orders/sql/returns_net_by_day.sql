-- What a return can take its money from: all orders of a day of a customer who returned something.
CREATE TABLE targets AS
SELECT row_number() OVER (ORDER BY customer_key, min(ordered_at)) AS target_no,
       customer_key, min(ordered_at) AS ordered_at, sum(amount) AS amount,
       count(*) AS orders, sum(lines) AS lines
FROM purchases JOIN identities USING (customer_no)
WHERE amount > 0 AND customer_key IN (SELECT customer_key FROM returned)
GROUP BY customer_key, CAST(ordered_at AS DATE);

-- A return takes its money from the orders of its own day; without one it is set aside.
CREATE VIEW matched AS
SELECT return_no, target_no, CASE WHEN target_no IS NULL THEN 'none' ELSE 'day' END AS matched_by
FROM returned
LEFT JOIN targets
    ON targets.customer_key = returned.customer_key
   AND CAST(targets.ordered_at AS DATE) = CAST(returned.returned_at AS DATE);
