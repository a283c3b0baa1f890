-- An order that sums to less than nothing is money given back, not a purchase.
SELECT customer_key, ordered_at AS returned_at, amount
FROM purchases JOIN identities USING (customer_id)
WHERE amount < 0
ORDER BY ALL
