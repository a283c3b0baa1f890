-- One row per recommendation before $cutoff.
SELECT
    referrer_key AS customer_key,
    CAST($cutoff AS DATE) - CAST(shared_at AS DATE) AS age,
    coalesce(first_order_at < $cutoff, FALSE) AS brought_customer
FROM referrals
WHERE shared_at < $cutoff
