-- One row per customer and order day, as known on the evening before $cutoff. A row of customer_days is never
-- known before its day, so that `known_from < $cutoff` hides the orders after it too.
WITH known AS (
    SELECT
        customer_key,
        day,
        orders,
        lines,
        amount,
        gap_days,
        CAST($cutoff AS DATE) - day AS age -- 1 is the day before the cutoff
    FROM customer_days
    WHERE known_from < $cutoff AND (known_until IS NULL OR known_until >= $cutoff)
),

-- Days of silence: from the last order to the last day that is known, the one before the cutoff.
spans AS (
    SELECT customer_key, min(day) AS first_day, max(day) AS last_day, min(age) - 1 AS silence
    FROM known
    GROUP BY customer_key
),

-- What share of all customers' gaps were over within so many days.
gap_shares AS (
    SELECT
        gap_days,
        CAST(sum(count(*)) OVER (ORDER BY gap_days) AS DOUBLE) / sum(count(*)) OVER () AS share
    FROM known
    WHERE gap_days IS NOT NULL
    GROUP BY gap_days
),

paces AS (
    SELECT spans.*, coalesce(share, 0) AS gaps_over_by_now
    FROM spans
    ASOF LEFT JOIN gap_shares ON silence >= gap_shares.gap_days
),

-- The shop as a whole: its age, its busiest month of the year, and the horizon's season a year ago.
busiest AS (
    SELECT month(day) AS busiest_month
    FROM known
    GROUP BY ALL
    ORDER BY sum(orders) DESC, busiest_month
    LIMIT 1
),

shop AS (
    SELECT
        max(age) AS shop_age,
        count(*) FILTER (age <= 365) AS shop_days_year,
        count(*) FILTER (age <= 365 AND age > 365 - $horizon_days) AS shop_days_season
    FROM known
)

SELECT
    known.*,
    first_day,
    last_day,
    silence,
    gaps_over_by_now,
    -- Weeks and months end with the day before the cutoff: calendar months would leap on the first of one.
    coalesce(floor((age - 1) / 7) < floor((age - 1 + gap_days) / 7), TRUE) AS opens_week,
    coalesce(floor((age - 1) / 30.4375) < floor((age - 1 + gap_days) / 30.4375), TRUE) AS opens_month,
    busiest_month,
    shop_age,
    shop_days_year,
    shop_days_season
FROM known
JOIN paces USING (customer_key)
CROSS JOIN busiest
CROSS JOIN shop
