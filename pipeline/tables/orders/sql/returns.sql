-- What each return takes from its order: never more than the returns before it have left there.
WITH taken AS (
    SELECT returned.customer_key, returned_at, returned.amount, targets.ordered_at, matched_by, orders, lines,
           targets.amount AS whole,
           sum(-returned.amount) OVER (PARTITION BY target_no ORDER BY returned_at, return_no) AS so_far
    FROM returned
    JOIN matched USING (return_no)
    LEFT JOIN targets USING (target_no)
),
netted AS (
    -- so_far + amount is what had been given back before: amounts of returns are below zero
    SELECT *, least(so_far, whole) - least(so_far + amount, whole) AS netted,
           so_far >= whole AND so_far + amount < whole AS undone
    FROM taken
)
SELECT customer_key, returned_at, amount, ordered_at, matched_by,
       CAST(CASE WHEN matched_by = 'none' THEN 0 ELSE netted END AS DECIMAL(18, 4)) AS netted,
       CAST(CASE WHEN undone THEN orders ELSE 0 END AS INTEGER) AS orders_undone,
       CAST(CASE WHEN undone THEN lines ELSE 0 END AS INTEGER) AS lines_undone
FROM netted
ORDER BY ALL
