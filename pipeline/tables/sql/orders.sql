-- Sorted outside of SQL, by the key of the customer.
SELECT customer_no, ordered_at, amount, lines, channel
FROM purchases
WHERE amount > 0 OR (amount = 0 AND $keep_zero)
