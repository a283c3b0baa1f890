-- The largest orders beside the bulk. On logarithms amounts are near to symmetric: five standard deviations, estimated
-- robustly, above the median. No limit where half of the orders and more have the same amount.
WITH paid AS (
    SELECT amount, ln(CAST(amount AS DOUBLE)) AS size FROM orders WHERE amount > 0
), limits AS (
    SELECT max(amount) AS largest_order,
           quantile_disc(amount, 0.999) AS p999,
           CASE WHEN mad(size) > 0 THEN exp(median(size) + 5 * 1.4826 * mad(size)) END AS robust_limit
    FROM paid
)
SELECT CAST(largest_order AS DOUBLE) AS largest_order,
       CAST(p999 AS DOUBLE) AS p999,
       robust_limit,
       (SELECT count(*) FROM paid WHERE CAST(amount AS DOUBLE) > robust_limit) AS orders_above_limit
FROM limits
