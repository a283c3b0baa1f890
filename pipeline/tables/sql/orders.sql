SELECT customer_key, ordered_at, amount, lines
FROM purchases JOIN identities USING (customer_id)
WHERE amount >= 0
ORDER BY ALL
