-- Every row with its time read, once. What could not be read stays as text for the quarantine.
CREATE TABLE dated AS
SELECT file_no, line, customer_id, amount, order_id, status, is_test, currency, product_id,
       read_date(ordered_at) AS ordered_at,
       CASE WHEN read_date(ordered_at) IS NULL THEN ordered_at END AS unread_date
FROM raw;
