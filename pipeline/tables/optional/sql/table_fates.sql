-- What became of every row that could be split.
CREATE VIEW fates AS
SELECT judged.* EXCLUDE (breach, value_class, left_out),
       CASE WHEN hidden THEN 'after_as_of'
            WHEN left_out THEN 'left_out'
            WHEN breach IS NOT NULL OR differ THEN 'quarantined'
            WHEN differ IS NOT NULL THEN 'merged'
            ELSE 'accepted' END AS fate,
       coalesce(breach, CASE WHEN differ THEN $duplicate END) AS breach,
       coalesce(value_class, 'the key of another row') AS value_class
FROM judged LEFT JOIN repeats USING (file_no, line)
