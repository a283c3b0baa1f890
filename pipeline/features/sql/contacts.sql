-- One row per message sent before $cutoff, with what had come of it by then.
SELECT
    customer_key,
    CAST($cutoff AS DATE) - CAST(sent_at AS DATE) AS age,
    CASE WHEN opened_at < $cutoff THEN CAST($cutoff AS DATE) - CAST(opened_at AS DATE) END AS opened_age,
    coalesce(clicked_at < $cutoff, FALSE) AS is_clicked,
    coalesce(unsubscribed_at < $cutoff, FALSE) OR coalesce(complained_at < $cutoff, FALSE) AS is_refused
FROM messages
WHERE sent_at < $cutoff
