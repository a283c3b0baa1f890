-- A return is set aside: it takes nothing from any order.
CREATE VIEW targets AS
SELECT NULL::BIGINT AS target_no, customer_key, ordered_at, amount, 1 AS orders, lines
FROM purchases JOIN identities USING (customer_no)
WHERE false;

CREATE VIEW matched AS
SELECT return_no, NULL::BIGINT AS target_no, 'none' AS matched_by
FROM returned;
