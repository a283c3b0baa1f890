-- One row per coupon used before $cutoff.
SELECT
    customer_key,
    CAST(redeemed_at AS DATE) AS redeemed_on,
    CAST($cutoff AS DATE) - redeemed_on AS age
FROM coupon_redemptions
WHERE redeemed_at < $cutoff
