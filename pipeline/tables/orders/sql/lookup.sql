-- Every row of a small table: the first rule it breaks, or its place among the rows that are equal.
CREATE TABLE wrong AS
SELECT file_no, line, arg_min(rule, rank) AS rule, arg_min(value_class(text), rank) AS value_class
FROM ({problems}) JOIN lookup_rules USING (rule)
GROUP BY file_no, line;

CREATE TABLE accepted AS
SELECT *
FROM typed ANTI JOIN wrong USING (file_no, line)
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY file_no, line) = 1;

CREATE VIEW lookup_quarantine AS
WITH rejected AS (
    SELECT file_no, line, column_name, rule, value_class FROM faults
    UNION ALL
    SELECT file_no, line, NULL, rule, value_class FROM wrong
)
SELECT file_no, line, coalesce(column_name, named) AS "column", role AS our_column, rule, reason, value_class
FROM rejected JOIN lookup_rules USING (rule);

CREATE VIEW lookup_fates AS
WITH fates AS (
    SELECT file_no, 'quarantined' AS fate FROM faults
    UNION ALL
    SELECT file_no, 'quarantined' FROM wrong
    UNION ALL
    SELECT file_no, 'accepted' FROM accepted
    UNION ALL
    SELECT file_no, 'merged'
    FROM typed ANTI JOIN wrong USING (file_no, line) ANTI JOIN accepted USING (file_no, line)
)
SELECT file_no, fate, count(*) FROM fates GROUP BY ALL;
