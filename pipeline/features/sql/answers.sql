-- One row per customer and kind of survey answered before $cutoff: the latest answer, the lowest of a moment.
SELECT customer_key, kind, min_by(score, (-epoch_us(answered_at), score)) AS score
FROM surveys
WHERE answered_at < $cutoff
GROUP BY customer_key, kind
