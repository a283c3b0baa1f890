-- A row of less than nothing is money given back, not a purchase.
CREATE TABLE log_returns AS
SELECT customer_no, order_id, product_id, ordered_at AS returned_at, amount
FROM purchases
WHERE amount < 0;
