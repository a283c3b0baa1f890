UPDATE judged_rows SET left_out = 'duplicates'
FROM equal_rows
WHERE judged_rows.file_no = equal_rows.file_no AND judged_rows.line = equal_rows.line;
