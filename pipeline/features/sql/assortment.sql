-- One row per customer and category bought before $cutoff. Products first: counting distinct ones takes
-- longer.
WITH bought_products AS (
    SELECT
        customer_key,
        product_id,
        count(*) AS bought,
        max(CAST($cutoff AS DATE) - CAST(ordered_at AS DATE)) AS first_age,
        min(CAST($cutoff AS DATE) - CAST(ordered_at AS DATE)) AS last_age
    FROM order_lines
    WHERE ordered_at < $cutoff AND amount > 0
    GROUP BY customer_key, product_id
),

everybody AS (
    SELECT category, sum(bought) / sum(sum(bought)) OVER () AS reach
    FROM bought_products
    JOIN products USING (product_id)
    WHERE category IS NOT NULL
    GROUP BY category
)

SELECT
    customer_key,
    category,
    any_value(reach) AS reach,
    min(department) AS department,
    sum(bought) AS bought,
    count(*) AS products_bought,
    max(first_age) AS first_age,
    min(last_age) AS last_age
FROM bought_products
JOIN products USING (product_id)
JOIN everybody USING (category)
GROUP BY customer_key, category
