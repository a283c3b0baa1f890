-- First orders per week of the log, weeks without any included; a last week that is cut short is left out.
WITH births AS (
    SELECT CAST(min(ordered_at) AS DATE) AS day FROM orders GROUP BY customer_key
), bounds AS (
    SELECT min(day) AS first_day, (SELECT CAST(max(ordered_at) AS DATE) FROM orders) AS last_day FROM births
), weeks AS (
    SELECT unnest(range((date_diff('day', first_day, last_day) + 1) // 7)) AS week FROM bounds
), counted AS (
    SELECT date_diff('day', first_day, day) // 7 AS week, count(*) AS births FROM births, bounds GROUP BY ALL
)
SELECT coalesce(births, 0) AS births
FROM weeks LEFT JOIN counted USING (week)
ORDER BY week
