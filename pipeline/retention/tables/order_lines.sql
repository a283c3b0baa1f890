-- What was taken off the list price of what was sold.
SELECT
    'discounts' AS name,
    coalesce(sum(discount), 0) AS numerator,
    coalesce(sum(amount + coalesce(discount, 0)), 0) AS denominator,
    coalesce(
        nullif(count(DISTINCT customer_key) FILTER (discount > 0), 0), count(DISTINCT customer_key)
    ) AS customers
FROM order_lines
WHERE ordered_at >= $start AND ordered_at < $as_of AND amount >= 0
