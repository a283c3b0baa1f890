-- Accepted rows that share a key: equal ones are one row written twice, different ones contradict each other.
CREATE TABLE repeats AS
WITH open AS (
    SELECT file_no, line, row({key}) AS key, row({values}) AS content
    FROM judged
    WHERE NOT hidden AND NOT left_out AND breach IS NULL AND {complete}
), shared AS (
    SELECT key FROM open GROUP BY key HAVING count(*) > 1
), versions AS (
    SELECT key, count(DISTINCT content) > 1 AS differ, min(row(file_no, line)) AS first
    FROM open SEMI JOIN shared USING (key)
    GROUP BY key
)
SELECT file_no, line, differ
FROM open JOIN versions USING (key)
WHERE differ OR row(file_no, line) <> first
