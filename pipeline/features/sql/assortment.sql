-- One row per customer and category bought before $cutoff.
SELECT
    customer_key,
    category,
    any_value(department ORDER BY department) AS department,
    count(*) AS bought,
    count(DISTINCT product_id) AS products_bought,
    max(CAST($cutoff AS DATE) - CAST(ordered_at AS DATE)) AS first_age,
    min(CAST($cutoff AS DATE) - CAST(ordered_at AS DATE)) AS last_age
FROM order_lines
JOIN products USING (product_id)
WHERE ordered_at < $cutoff AND order_lines.amount > 0 AND category IS NOT NULL
GROUP BY customer_key, category
