UPDATE judged SET left_out = 'duplicates'
FROM equal_rows
WHERE judged.file_no = equal_rows.file_no AND judged.line = equal_rows.line;
