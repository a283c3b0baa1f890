-- One row: how many customers and orders, over which days, and how the orders spread over customers.
WITH customers AS (
    SELECT
        customer,
        sum(orders) AS orders,
        count(*) AS order_days,
        count(*) FILTER (kept > 0) AS kept_days,
        $births_from IS NULL OR min(day) >= $births_from AS is_learned_from
    FROM days
    GROUP BY customer
),
calendar AS (
    SELECT min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days_with_orders
    FROM days
)
SELECT
    count(*) AS customers,
    CAST(sum(orders) AS BIGINT) AS orders,
    any_value(first_day) AS first_day,
    any_value(last_day) AS last_day,
    any_value(days_with_orders) AS days_with_orders,
    count(*) FILTER (order_days = 1) AS one_day_customers,
    count(*) FILTER (kept_days = 0) AS given_back,
    count(*) FILTER (is_learned_from AND kept_days > 0) AS learned_customers,
    count(*) FILTER (order_days >= 3) AS frequent_customers,
    count(*) FILTER (is_learned_from AND kept_days >= 3) AS learned_frequent_customers,
    CAST(quantile_disc(orders, 0.5) AS BIGINT) AS orders_p50,
    CAST(quantile_disc(orders, 0.9) AS BIGINT) AS orders_p90,
    CAST(quantile_disc(orders, 0.99) AS BIGINT) AS orders_p99,
    CAST(max(orders) AS BIGINT) AS orders_max
FROM customers, calendar
