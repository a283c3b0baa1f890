-- Customers by the month of their first order, and how many of them ordered again in each later month.
-- Only months that lie wholly before `as_of` count: half a month would look like a drop.
WITH months AS (
    SELECT DISTINCT customer_key, CAST(date_trunc('month', ordered_at) AS DATE) AS month
    FROM orders
    WHERE ordered_at < CAST(date_trunc('month', CAST($as_of AS DATE)) AS DATE)
),
first_months AS (
    SELECT customer_key, min(month) AS cohort FROM months GROUP BY customer_key
),
sizes AS (
    SELECT cohort, count(*) AS customers
    FROM first_months
    GROUP BY cohort
    ORDER BY cohort DESC
    LIMIT $keep
),
calendar AS (
    SELECT CAST(unnest(generate_series(min(month), max(month), INTERVAL 1 MONTH)) AS DATE) AS month
    FROM months
),
activity AS (
    SELECT cohort, month, count(*) AS active
    FROM months
    JOIN first_months USING (customer_key)
    GROUP BY cohort, month
)
SELECT
    sizes.cohort,
    CAST(date_diff('month', sizes.cohort, calendar.month) AS INTEGER) AS month_offset,
    CAST(sizes.customers AS INTEGER) AS customers,
    CAST(coalesce(activity.active, 0) AS INTEGER) AS active,
    coalesce(activity.active, 0) / sizes.customers AS retention
FROM sizes
JOIN calendar ON calendar.month >= sizes.cohort
LEFT JOIN activity ON activity.cohort = sizes.cohort AND activity.month = calendar.month
ORDER BY sizes.cohort, calendar.month
