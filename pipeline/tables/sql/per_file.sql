-- What became of the rows of each file, counted apart from how many were read.
WITH fates AS (
    SELECT file_no, CASE WHEN rule IS NULL THEN 'accepted' ELSE 'quarantined' END AS fate FROM judged
    UNION ALL
    SELECT file_no, 'quarantined' FROM faults
    UNION ALL
    SELECT file_no, 'after_as_of' FROM dated WHERE ordered_at >= $until::TIMESTAMP
)
SELECT file_no,
       count(*) FILTER (WHERE fate = 'accepted'),
       count(*) FILTER (WHERE fate = 'quarantined'),
       count(*) FILTER (WHERE fate = 'after_as_of')
FROM fates
GROUP BY file_no
ORDER BY file_no
