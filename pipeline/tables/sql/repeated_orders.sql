-- Orders that a later file delivers again, line for line: same customer, same id, same times, amounts and products.
CREATE TABLE repeated_orders AS
WITH accepted AS (
    SELECT customer_no, order_id, file_no, row(ordered_at, paid, product_id) AS content
    FROM judged
    WHERE rule IS NULL AND left_out IS NULL AND NOT only_line AND $several_files
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
QUALIFY row_number() OVER (PARTITION BY customer_no, order_id, contents ORDER BY file_no) > 1
