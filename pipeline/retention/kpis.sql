-- One row of counts and exact sums; every ratio is formed from it afterwards, next to its two numbers.
-- `active` means at least one order within `horizon_days`; S and E are the customers active at the start and
-- at the end of the last full period: those with an order in the window before it, and in the window itself.
WITH known AS (
    SELECT customer_key, CAST(ordered_at AS DATE) AS day, CAST(amount AS DECIMAL(18, 4)) AS amount
    FROM orders
    WHERE ordered_at < $as_of
),
customers AS (
    SELECT
        customer_key,
        count(*) AS orders,
        min(day) AS first_day,
        max(day) AS last_day,
        bool_or(day >= $period_start) AS at_end,
        bool_or(day >= $before_start AND day < $period_start) AS at_start
    FROM known
    GROUP BY customer_key
),
days AS (
    SELECT DISTINCT customer_key, day FROM known
),
gaps AS (
    SELECT date_diff('day', lag(day) OVER (PARTITION BY customer_key ORDER BY day), day) AS gap
    FROM days
),
-- What was paid and not given back until now.
money AS (
    SELECT
        coalesce((SELECT sum(amount) FROM known), 0)
        - coalesce((SELECT sum(netted) FROM returns WHERE ordered_at < $as_of), 0) AS revenue
),
rhythm AS (
    SELECT median(gap) AS median_gap_days FROM gaps
)
SELECT
    count(*) AS customers,
    coalesce(sum(orders), 0) AS orders,
    (SELECT count(*) FROM days) AS order_days,
    coalesce(any_value(revenue), 0) AS revenue,
    count(*) FILTER (orders >= 2) AS repeat_customers,
    count(*) FILTER (at_start) AS active_at_start,
    count(*) FILTER (at_end) AS active_at_end,
    count(*) FILTER (at_start AND at_end) AS retained,
    count(*) FILTER (first_day >= $period_start) AS new,
    any_value(median_gap_days) AS median_gap_days,
    min(first_day) AS first_order_on,
    max(last_day) AS last_order_on
FROM customers, money, rhythm
