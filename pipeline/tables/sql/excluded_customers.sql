-- The customers of the log whose id matches a pattern of ids that are no customers'.
CREATE TABLE excluded_customers AS
SELECT DISTINCT customer_id
FROM (SELECT DISTINCT customer_id FROM linked) AS known
JOIN patterns ON known.customer_id GLOB patterns.pattern;
