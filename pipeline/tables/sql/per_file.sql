-- What became of the rows of each file, counted apart from how many were read.
WITH fates AS (
    SELECT file_no, CASE WHEN rule IS NOT NULL THEN 'quarantined' ELSE coalesce(left_out, 'accepted') END AS fate
    FROM judged
    UNION ALL
    SELECT file_no, 'quarantined' FROM faults
    UNION ALL
    SELECT file_no, 'after_as_of' FROM dated WHERE ordered_at >= $until::TIMESTAMP
)
SELECT file_no, fate, count(*)
FROM fates
GROUP BY ALL
ORDER BY ALL
