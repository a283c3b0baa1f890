-- Every row that was not accepted: those that could not be split, and those that broke the contract.
WITH rejected AS (
    SELECT file_no, line, column_name, rule, reason, value_class
    FROM faults JOIN fault_reasons USING (rule)
    UNION ALL
    SELECT file_no, line, column_name, rule, reason, value_class
    FROM fates JOIN breaches ON breach = number
    WHERE fate = 'quarantined'
)
SELECT source, line, column_name AS "column", rule, reason, value_class
FROM rejected JOIN files USING (file_no)
ORDER BY source, line
