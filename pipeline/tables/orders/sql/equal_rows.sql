-- Rows that repeat an earlier one in every mapped column, in the order of files and lines.
CREATE TABLE equal_rows AS
SELECT place, file_no > min(file_no) OVER same AS in_another_file
FROM perhaps_equal
WINDOW same AS (
    PARTITION BY customer_no, ordered_at, paid, quantity, order_id, status, currency, is_test,
                 product_id, channel
)
QUALIFY row_number() OVER (same ORDER BY place) > 1;
