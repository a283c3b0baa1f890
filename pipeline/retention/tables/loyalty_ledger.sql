-- Points used of those given, and members who did something with theirs.
WITH booked AS (
    SELECT customer_key, kind, points FROM loyalty_ledger WHERE booked_at >= $start AND booked_at < $as_of
),
members AS (
    SELECT
        customer_key,
        bool_or(booked_at >= $start AND kind IN ('earn', 'redeem')) AS is_active
    FROM loyalty_ledger
    WHERE booked_at < $as_of
    GROUP BY customer_key
)
SELECT
    'points_redeemed' AS name,
    coalesce(-sum(points) FILTER (kind = 'redeem'), 0) AS numerator,
    coalesce(sum(points) FILTER (kind IN ('welcome', 'earn')), 0) AS denominator,
    coalesce(
        nullif(count(DISTINCT customer_key) FILTER (kind = 'redeem'), 0), count(DISTINCT customer_key)
    ) AS customers
FROM booked
UNION ALL
SELECT 'active_members', count(*) FILTER (is_active), count(*), count(*) FROM members
