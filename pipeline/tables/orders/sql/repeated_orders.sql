-- Orders that a later file delivers again: line for line (same customer, id, times, amounts and products), or
-- changed, which is from the same moment on with other lines.
CREATE TABLE repeated_orders AS
WITH accepted AS (
    SELECT customer_no, order_id, file_no, ordered_at, row(ordered_at, paid, product_id) AS content
    FROM judged
    WHERE rule IS NULL AND left_out IS NULL AND NOT only_line AND $several_files
),
spread AS (
    SELECT customer_no, order_id FROM accepted GROUP BY ALL HAVING min(file_no) < max(file_no)
),
deliveries AS (
    SELECT customer_no, order_id, file_no, min(ordered_at) AS moment, list_sort(list(content)) AS contents
    FROM accepted SEMI JOIN spread USING (customer_no, order_id)
    GROUP BY customer_no, order_id, file_no
)
SELECT customer_no, order_id, file_no,
       row_number() OVER (PARTITION BY customer_no, order_id, contents ORDER BY file_no) = 1 AS is_changed
FROM deliveries
QUALIFY NOT is_changed OR row_number() OVER (PARTITION BY customer_no, order_id, moment ORDER BY file_no) > 1
