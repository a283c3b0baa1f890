-- Of the customers who ordered, those who used a coupon.
WITH bought AS (
    SELECT DISTINCT customer_key FROM orders WHERE ordered_at >= $start AND ordered_at < $as_of
)
SELECT
    'coupon_users' AS name,
    count(*) FILTER (
        customer_key IN (
            SELECT customer_key FROM coupon_redemptions WHERE redeemed_at >= $start AND redeemed_at < $as_of
        )
    ) AS numerator,
    count(*) AS denominator,
    count(*) AS customers
FROM bought
