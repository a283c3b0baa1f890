-- What became of the rows of each file, counted apart from how many were read.
SELECT file_no, fate, count(*) AS rows
FROM (
    SELECT file_no, fate FROM fates
    UNION ALL
    SELECT file_no, 'quarantined' AS fate FROM faults
)
GROUP BY ALL
