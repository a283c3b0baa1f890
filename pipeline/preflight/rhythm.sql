-- One row: the days between a customer's order days. Pooled, frequent buyers count once per gap; per
-- customer, each repeat buyer counts once. No gap at all: every quantile is NULL.
WITH gaps AS (
    SELECT customer, date_diff('day', lag(day) OVER (PARTITION BY customer ORDER BY day), day) AS gap
    FROM days
),
customers AS (
    SELECT customer, avg(gap) AS mean_gap
    FROM gaps
    WHERE gap IS NOT NULL
    GROUP BY customer
),
typical AS (
    SELECT
        count(*) AS repeat_customers,
        quantile_cont(mean_gap, 0.5) AS customer_p50,
        quantile_cont(mean_gap, 0.9) AS customer_p90
    FROM customers
)
SELECT
    count(gap) AS gaps,
    avg(gap) AS mean,
    quantile_cont(gap, 0.1) AS p10,
    quantile_cont(gap, 0.25) AS p25,
    quantile_cont(gap, 0.5) AS p50,
    quantile_cont(gap, 0.75) AS p75,
    quantile_cont(gap, 0.9) AS p90,
    quantile_cont(gap, 0.95) AS p95,
    any_value(repeat_customers) AS repeat_customers,
    any_value(customer_p50) AS customer_p50,
    any_value(customer_p90) AS customer_p90
FROM gaps, typical
