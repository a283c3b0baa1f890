-- Every row with the rate of its day, or of the latest day before that has one; NULL where there is none. Rows of one
-- order have the rate of its first day: what comes back later was paid at that, and a full refund leaves nothing.
CREATE VIEW priced AS
WITH of_days AS (
    SELECT customer_no, order_id, CAST(min(ordered_at) AS DATE) AS first_day
    FROM visible
    WHERE order_id <> ''
    GROUP BY customer_no, order_id
    HAVING first_day < CAST(max(ordered_at) AS DATE)
),
placed AS (
    SELECT visible.*, coalesce(first_day, CAST(visible.ordered_at AS DATE)) AS rate_day
    FROM visible LEFT JOIN of_days USING (customer_no, order_id)
)
SELECT placed.* EXCLUDE (rate_day),
       CASE WHEN upper(placed.currency) = $currency THEN 1::DECIMAL(18, 8) ELSE rates.rate END AS rate
FROM placed
ASOF LEFT JOIN rates
    ON rates.currency = upper(placed.currency)
   AND rates.day <= rate_day;
