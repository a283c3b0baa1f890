-- Every row under the id its customer goes by.
CREATE VIEW linked AS
SELECT visible.* REPLACE (coalesce(links.customer_id, visible.customer_id) AS customer_id)
FROM visible
LEFT JOIN links ON links.from_id = visible.customer_id;
