-- A row that repeats an earlier one in every mapped column counts once: the first in the order of files and lines stays.
UPDATE judged_rows SET left_out = 'duplicates'
FROM (
    SELECT file_no, line
    FROM judged
    WHERE rule IS NULL AND left_out IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY customer_id, order_id, ordered_at, paid, status, currency, is_test ORDER BY file_no, line) > 1
) AS repeated
WHERE judged_rows.file_no = repeated.file_no AND judged_rows.line = repeated.line;
