-- Runs of days without any order on which the weekday pattern expects some. What is expected of a day is the
-- median of the same weekday in the four weeks before and after: closed Sundays expect nothing, growth and
-- season move it, and an outage of up to four weeks does not hide itself. A longer one hides its middle: a
-- run reaches from the first to the last such day between two orders.
WITH calendar AS (
    SELECT CAST(day AS DATE) AS day
    FROM (
        SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY)) AS day FROM days
    )
),
counted AS (
    SELECT calendar.day, coalesce(CAST(sum(days.orders) AS BIGINT), 0) AS orders
    FROM calendar LEFT JOIN days ON days.day = calendar.day
    GROUP BY calendar.day
),
expecting AS (
    SELECT day, orders, median(orders) OVER same_weekday AS expected
    FROM counted
    WINDOW same_weekday AS (
        PARTITION BY isodow(day) ORDER BY day ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW
    )
),
empty AS (
    SELECT day, expected >= $fewest_expected AS is_silent,
           date_diff('day', DATE '1970-01-01', day) - row_number() OVER (ORDER BY day) AS run
    FROM expecting
    WHERE orders = 0
)
SELECT min(day) FILTER (is_silent) AS first_day, max(day) FILTER (is_silent) AS last_day,
       date_diff('day', first_day, last_day) + 1 AS days
FROM empty
GROUP BY run
HAVING bool_or(is_silent)
ORDER BY first_day
