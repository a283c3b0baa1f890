-- Customers go by the place of their key among all keys: numbers sort in a fraction of the time. Sorted outside.
SELECT customer_no, ordered_at, amount, lines, channel
FROM purchases JOIN identities USING (customer_no)
WHERE amount > 0 OR (amount = 0 AND $keep_zero)
