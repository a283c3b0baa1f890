-- Of those whom a campaign addressed that began in the period, who ordered while it ran. They might have anyway.
WITH addressed AS (
    SELECT customer_key, starts_at, least(coalesce(ends_at, $as_of), $as_of) AS ends_at
    FROM campaign_members
    JOIN campaigns USING (campaign_id)
    WHERE starts_at >= $start AND starts_at < $as_of
)
SELECT
    'campaign_buyers' AS name,
    count(*) FILTER (
        EXISTS (
            FROM orders
            WHERE
                orders.customer_key = addressed.customer_key
                AND orders.ordered_at >= addressed.starts_at
                AND orders.ordered_at < addressed.ends_at
        )
    ) AS numerator,
    count(*) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM addressed
