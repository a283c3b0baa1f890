-- Accepted rows with a hash of every mapped column: rows that are equal have the same.
CREATE VIEW digested AS
SELECT *, hash(customer_no, ordered_at, paid, quantity, order_id, status, currency, is_test, product_id, channel) AS digest
FROM judged
WHERE rule IS NULL AND left_out IS NULL;
