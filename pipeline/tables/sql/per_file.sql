-- What became of the rows of each file, counted apart from how many were read: counted first and named then,
-- for names take longer to group.
WITH counted AS (
    SELECT file_no, rule, left_out, count(*) AS rows FROM judged GROUP BY ALL
),
fates AS (
    SELECT file_no, rows,
           CASE WHEN rule IS NOT NULL THEN 'quarantined' ELSE coalesce(left_out, 'accepted') END AS fate
    FROM counted
    UNION ALL
    SELECT file_no, 1, 'quarantined' FROM faults
    UNION ALL
    SELECT file_no, 1, 'after_as_of' FROM dated WHERE ordered_at >= $until::TIMESTAMP
)
SELECT file_no, fate, sum(rows)::BIGINT
FROM fates
GROUP BY ALL
ORDER BY ALL
