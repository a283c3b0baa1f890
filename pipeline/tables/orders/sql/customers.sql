-- The customers of the log, each under the id that the id map gives them. Some are none: their id is what
-- programs write for nothing, or it matches a pattern, or the customers table says so.
CREATE TABLE customers AS
WITH excluded AS (
    SELECT customer_id FROM numbered JOIN patterns ON numbered.customer_id GLOB patterns.pattern
    UNION
    SELECT coalesce(links.customer_id, test_accounts.customer_id)
    FROM test_accounts LEFT JOIN links ON links.from_id = test_accounts.customer_id
)
SELECT customer_no, customer_id,
       is_no_id(customer_id) AS missing_customer,
       customer_id IN (FROM excluded) AS test_account
FROM numbered;
