-- Accepted rows that repeat an earlier one in every mapped column, in the order of files and lines. Few rows do: their
-- hash is shared.
CREATE TABLE equal_rows AS
SELECT file_no, line, file_no > min(file_no) OVER same AS in_another_file
FROM digested SEMI JOIN shared USING (digest)
WINDOW same AS (PARTITION BY customer_no, ordered_at, paid, quantity, order_id, status, currency, is_test, product_id, channel)
QUALIFY row_number() OVER (same ORDER BY file_no, line) > 1;

-- Orders that a later file delivers again, line for line: same customer, same id, same times, amounts and products.
CREATE TABLE repeated_orders AS
WITH accepted AS (
    SELECT customer_no, order_id, file_no, row(ordered_at, paid, product_id) AS content
    FROM judged
    WHERE rule IS NULL AND left_out IS NULL AND order_id IS NOT NULL
),
spread AS (
    SELECT customer_no, order_id FROM accepted GROUP BY ALL HAVING min(file_no) < max(file_no)
),
deliveries AS (
    SELECT customer_no, order_id, file_no, list_sort(list(content)) AS contents
    FROM accepted SEMI JOIN spread USING (customer_no, order_id)
    GROUP BY ALL
)
SELECT customer_no, order_id, file_no
FROM deliveries
QUALIFY row_number() OVER (PARTITION BY customer_no, order_id, contents ORDER BY file_no) > 1;
