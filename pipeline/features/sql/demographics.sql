-- One row per customer whose account was opened before $cutoff, or at an unknown time. Bands are numbered
-- over the whole table, so that a number means the same at every cutoff: by the first number in their name
-- ("under 18" before "18-25" before "100+"), those without one first, then by name.
WITH told AS (
    UNPIVOT (
        SELECT
            customer_key,
            age_group,
            income_group,
            home_ownership,
            marital_status,
            household_size,
            household_type,
            children
        FROM customers
    )
    ON COLUMNS(* EXCLUDE (customer_key))::VARCHAR
    INTO NAME attribute VALUE band
),

-- The first number of a band, without the signs that part its thousands.
led AS (
    SELECT
        *,
        TRY_CAST(
            regexp_extract(regexp_replace(band, '(\d)[.,'' ](\d{3})', '\1\2', 'g'), '\d+') AS BIGINT
        ) AS number
    FROM told
),

numbered AS (
    SELECT
        customer_key,
        attribute,
        dense_rank() OVER (
            PARTITION BY attribute
            ORDER BY number NULLS FIRST, regexp_matches(band, '^\d'), band
        ) AS place
    FROM led
)

SELECT
    customer_key,
    any_value(birth_year) AS birth_year,
    max(place) FILTER (attribute = 'age_group') AS age_group,
    max(place) FILTER (attribute = 'income_group') AS income_group,
    max(place) FILTER (attribute = 'home_ownership') AS home_ownership,
    max(place) FILTER (attribute = 'marital_status') AS marital_status,
    max(place) FILTER (attribute = 'household_size') AS household_size,
    max(place) FILTER (attribute = 'household_type') AS household_type,
    max(place) FILTER (attribute = 'children') AS children
FROM customers LEFT JOIN numbered USING (customer_key)
WHERE created_at IS NULL OR created_at < $cutoff
GROUP BY customer_key
