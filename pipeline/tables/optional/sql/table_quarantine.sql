-- Every row that was not accepted: those that could not be split, and those that broke the contract.
WITH broken AS (
    SELECT file_no, line, breach, value_class FROM fates WHERE fate = 'quarantined'
)
SELECT file_no, line, column_name AS "column", NULL AS our_column, rule, reason, value_class
FROM faults JOIN fault_reasons USING (rule)
UNION ALL
SELECT file_no, line, column_name, our_column, rule, reason, value_class
FROM broken JOIN breaches ON breach = number
