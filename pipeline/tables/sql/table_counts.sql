-- What became of the rows of each file, counted apart from how many were read.
WITH all_fates AS (
    SELECT file_no, fate FROM fates
    UNION ALL
    SELECT file_no, 'quarantined' FROM faults
)
SELECT file_no,
       count(*) FILTER (WHERE fate = 'accepted'),
       count(*) FILTER (WHERE fate = 'quarantined'),
       count(*) FILTER (WHERE fate = 'after_as_of'),
       count(*) FILTER (WHERE fate = 'left_out'),
       count(*) FILTER (WHERE fate = 'merged')
FROM all_fates
GROUP BY file_no
