-- Every row with the rate of its day, or of the latest day before that has one; NULL where there is none. A
-- row of a later day than its order's first has the rate of that as well, as order_rate: what is given back
-- was paid at it.
CREATE OR REPLACE VIEW priced AS
WITH of_days AS (
    SELECT customer_no, order_id, CAST(min(ordered_at) AS DATE) AS first_day
    FROM visible
    WHERE order_id <> ''
    GROUP BY customer_no, order_id
    HAVING first_day < CAST(max(ordered_at) AS DATE)
)
SELECT visible.*,
       CASE WHEN upper(visible.currency) = $currency THEN 1::DECIMAL(18, 8) ELSE rates.rate END AS rate,
       CASE WHEN upper(visible.currency) <> $currency THEN of_order.rate END AS order_rate
FROM visible
LEFT JOIN of_days USING (customer_no, order_id)
ASOF LEFT JOIN rates
    ON rates.currency = upper(visible.currency)
   AND rates.day <= CAST(visible.ordered_at AS DATE)
ASOF LEFT JOIN rates AS of_order
    ON of_order.currency = upper(visible.currency)
   AND of_order.day <= first_day;
