-- One row per customer and purpose: the last word before $cutoff; a refusal counts among words of one moment.
SELECT
    customer_key,
    purpose,
    min_by(status = 'granted', (-epoch_us(changed_at), status = 'granted')) AS is_granted
FROM consents
WHERE changed_at < $cutoff
GROUP BY customer_key, purpose
