-- What each calendar month brought; months without an order are there with zeros.
WITH known AS (
    SELECT
        customer_key,
        CAST(date_trunc('month', ordered_at) AS DATE) AS month,
        CAST(amount AS DECIMAL(18, 4)) AS amount
    FROM orders
),
first_months AS (
    SELECT customer_key, min(month) AS month FROM known GROUP BY customer_key
),
newcomers AS (
    SELECT month, count(*) AS new_customers FROM first_months GROUP BY month
),
totals AS (
    SELECT month, count(*) AS orders, count(DISTINCT customer_key) AS customers, sum(amount) AS revenue
    FROM known
    GROUP BY month
),
-- Money that was given back, in the month of the order it was paid for.
given_back AS (
    SELECT CAST(date_trunc('month', ordered_at) AS DATE) AS month, sum(netted) AS netted
    FROM returns
    GROUP BY month
),
calendar AS (
    SELECT CAST(unnest(generate_series(min(month), max(month), INTERVAL 1 MONTH)) AS DATE) AS month
    FROM known
)
SELECT
    calendar.month,
    CAST(coalesce(orders, 0) AS INTEGER) AS orders,
    CAST(coalesce(customers, 0) AS INTEGER) AS customers,
    CAST(coalesce(new_customers, 0) AS INTEGER) AS new_customers,
    CAST(coalesce(revenue, 0) - coalesce(netted, 0) AS DOUBLE) AS revenue
FROM calendar
LEFT JOIN totals USING (month)
LEFT JOIN newcomers USING (month)
LEFT JOIN given_back USING (month)
ORDER BY month
