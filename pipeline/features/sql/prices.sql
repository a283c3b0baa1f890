-- One row per order line before $cutoff: what it cost, and how much less than its list price.
SELECT
    customer_key,
    CAST($cutoff AS DATE) - CAST(ordered_at AS DATE) AS age,
    greatest(amount, 0) AS paid,
    coalesce(discount, 0) AS taken_off
FROM order_lines
WHERE ordered_at < $cutoff
