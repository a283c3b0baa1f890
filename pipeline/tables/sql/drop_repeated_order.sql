UPDATE judged_rows SET left_out = 'duplicates'
FROM (
    SELECT file_no, line
    FROM judged JOIN repeated_orders USING (file_no, customer_no, order_id)
    WHERE rule IS NULL AND left_out IS NULL
) AS repeated
WHERE judged_rows.file_no = repeated.file_no AND judged_rows.line = repeated.line;
