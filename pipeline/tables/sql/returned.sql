-- An order that sums to less than nothing is money given back, not a purchase. Numbered, to be told apart.
CREATE TABLE returned AS
SELECT row_number() OVER (ORDER BY customer_id, ordered_at, amount, order_id, lines) AS return_no,
       customer_id, order_id, ordered_at AS returned_at, amount
FROM purchases
WHERE amount < 0;
