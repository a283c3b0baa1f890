-- The customers of the log who are none: their id matches a pattern, or the customers table says so. Each under the id
-- that the id map gives them.
CREATE TABLE excluded_customers AS
SELECT DISTINCT customer_id
FROM (SELECT DISTINCT customer_id FROM linked) AS known
JOIN patterns ON known.customer_id GLOB patterns.pattern
UNION
SELECT coalesce(links.customer_id, test_accounts.customer_id)
FROM test_accounts LEFT JOIN links ON links.from_id = test_accounts.customer_id;
