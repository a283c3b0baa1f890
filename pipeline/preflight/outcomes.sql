-- What became of the customers known at the start of each window. Windows of one name are pooled: a customer
-- counts once for each of the outcomes seen in any of them.
WITH seen AS (
    SELECT
        name,
        start,
        customer_key,
        bool_or(day < start) AS known,
        bool_or(day >= start AND day < "end") AS ordered,
        bool_or(day >= "end") AS ordered_later
    FROM windows JOIN days ON day < later
    GROUP BY name, start, customer_key
)
SELECT
    name,
    count(DISTINCT customer_key) AS customers,
    count(DISTINCT customer_key) FILTER (NOT ordered) AS churned,
    count(DISTINCT customer_key) FILTER (ordered) AS retained,
    count(DISTINCT customer_key) FILTER (NOT ordered AND ordered_later) AS revived
FROM seen
WHERE known
GROUP BY name
ORDER BY name
