-- One row per customer whose account was opened before $cutoff, or at an unknown time. Bands sort by their names.
SELECT
    customer_key,
    birth_year,
    CASE WHEN age_group IS NOT NULL THEN dense_rank() OVER (ORDER BY age_group) END AS age_group,
    CASE WHEN income_group IS NOT NULL THEN dense_rank() OVER (ORDER BY income_group) END AS income_group,
    CASE WHEN home_ownership IS NOT NULL THEN dense_rank() OVER (ORDER BY home_ownership) END AS home_ownership,
    CASE WHEN marital_status IS NOT NULL THEN dense_rank() OVER (ORDER BY marital_status) END AS marital_status,
    CASE WHEN household_size IS NOT NULL THEN dense_rank() OVER (ORDER BY household_size) END AS household_size,
    CASE WHEN household_type IS NOT NULL THEN dense_rank() OVER (ORDER BY household_type) END AS household_type,
    CASE WHEN children IS NOT NULL THEN dense_rank() OVER (ORDER BY children) END AS children
FROM customers
WHERE created_at IS NULL OR created_at < $cutoff
