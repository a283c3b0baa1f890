-- Advertising that was sent, whatever part of an order left out, and what came of it.
WITH sent AS (
    SELECT *
    FROM messages
    WHERE sent_at >= $start AND sent_at < $as_of AND kind IS DISTINCT FROM 'transactional'
),
arrived AS (
    SELECT * FROM sent WHERE bounced IS DISTINCT FROM TRUE AND delivered IS DISTINCT FROM FALSE
)
SELECT
    'messages_per_customer' AS name,
    count(*) AS numerator,
    count(DISTINCT customer_key) AS denominator,
    count(DISTINCT customer_key) AS customers
FROM sent
UNION ALL
SELECT 'triggered_messages', count(*) FILTER (kind = 'triggered'), count(*), count(DISTINCT customer_key)
FROM sent
WHERE kind IS NOT NULL
UNION ALL
SELECT 'messages_opened', count(opened_at), count(*), count(DISTINCT customer_key) FROM arrived
UNION ALL
SELECT 'messages_clicked', count(clicked_at), count(*), count(DISTINCT customer_key) FROM arrived
UNION ALL
SELECT 'unsubscribed', count(unsubscribed_at), count(*), count(DISTINCT customer_key) FROM arrived
