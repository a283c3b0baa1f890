-- What became of the customers known at the start of each window. Windows of one name are pooled: a customer
-- counts once for each of the outcomes seen in any of them. What was given back whole is no order, and who
-- gave everything back no customer, as in the snapshots.
WITH window_days AS ( -- each day of a window by itself: an equality joins much faster than a range
    SELECT
        name,
        start,
        "end",
        CAST(unnest(generate_series(start, later - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS DATE) AS day
    FROM windows
),
customers AS (
    SELECT customer, min(day) AS first_day
    FROM days
    WHERE kept > 0
    GROUP BY customer
),
known AS (
    SELECT name, start, customer
    FROM windows JOIN customers ON first_day < start
),
seen AS (
    SELECT
        name,
        start,
        customer,
        bool_or(day < "end") AS ordered,
        bool_or(day >= "end") AS ordered_later
    FROM window_days JOIN days USING (day)
    WHERE kept > 0
    GROUP BY name, start, customer
),
became AS (
    SELECT
        name,
        customer,
        bool_or(ordered IS NOT TRUE) AS churned,
        bool_or(ordered IS TRUE) AS retained,
        bool_or(ordered IS FALSE AND ordered_later) AS revived
    FROM known LEFT JOIN seen USING (name, start, customer)
    GROUP BY name, customer
)
SELECT
    name,
    count(*) AS customers,
    count(*) FILTER (churned) AS churned,
    count(*) FILTER (retained) AS retained,
    count(*) FILTER (revived) AS revived
FROM became
GROUP BY name
ORDER BY name
