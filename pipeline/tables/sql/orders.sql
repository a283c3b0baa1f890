SELECT customer_key, ordered_at, amount, lines
FROM purchases JOIN identities USING (customer_id)
WHERE amount > 0 OR (amount = 0 AND $keep_zero)
ORDER BY ALL
