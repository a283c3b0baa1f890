-- Of those whom a campaign addressed that began in the period, who ordered while it ran. They might have
-- anyway.
-- Only who was a customer by then: to count prospects once they have ordered would be to look ahead.
WITH customers AS (
    SELECT customer_key, CAST(min(ordered_at) AS DATE) AS first_day FROM orders GROUP BY customer_key
),
addressed AS (
    SELECT customer_key, starts_at, CAST(ends_at AS DATE) AS last_day
    FROM campaign_members
    JOIN campaigns USING (campaign_id)
    JOIN customers USING (customer_key)
    WHERE starts_at >= $start AND starts_at < $as_of AND first_day < CAST(starts_at AS DATE)
)
SELECT
    'campaign_buyers' AS name,
    count(*) FILTER (
        EXISTS (
            FROM orders
            WHERE
                orders.customer_key = addressed.customer_key
                AND orders.ordered_at >= addressed.starts_at
                AND orders.ordered_at < $as_of
                AND coalesce(CAST(orders.ordered_at AS DATE) <= addressed.last_day, TRUE)
        )
    ) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM addressed
