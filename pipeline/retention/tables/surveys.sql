-- The latest answer of each customer to each question, the lowest of a moment.
WITH latest AS (
    SELECT customer_key, kind, min_by(score, (-epoch_us(answered_at), score)) AS score
    FROM surveys
    WHERE answered_at >= $start AND answered_at < $as_of
    GROUP BY customer_key, kind
),
promotion AS (
    SELECT customer_key, score FROM latest WHERE kind = 'nps'
)
SELECT
    'net_promoter_score' AS name,
    count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6) AS numerator,
    count(*) AS denominator,
    count(*) AS customers
FROM promotion
UNION ALL
SELECT 'promoters', count(*) FILTER (score >= 9), count(*), count(*) FROM promotion
UNION ALL
SELECT 'survey_satisfaction', coalesce(sum(score), 0), count(*), count(*) FROM latest WHERE kind = 'csat'
