-- The rows before the as-of date, each with the first rule it breaks; NULL is accepted.
CREATE OR REPLACE TABLE judged AS
WITH bare AS (
    SELECT *, number_text(amount) AS number
    FROM visible
), read AS (
    SELECT *, CASE WHEN is_amount(number) THEN read_amount(number) END AS paid
    FROM bare
)
SELECT file_no, line, customer_id, order_id, ordered_at, unread_date, amount, paid,
       CASE
           WHEN ordered_at IS NULL THEN 'unreadable_date'
           WHEN ordered_at < TIMESTAMP '1970-01-01' THEN 'date_too_old'
           WHEN ordered_at > $now THEN 'future_date'
           -- what other programs write for nothing
           WHEN regexp_full_match(customer_id, '(?i)(null|none|nan|na|n/a|#n/a|\\n)?') THEN 'missing_customer_id'
           WHEN paid IS NULL THEN CASE
               WHEN regexp_full_match(number, '(?i)[+-]?(inf|infinity|nan)') THEN 'not_finite_amount'
               WHEN is_amount(number) THEN 'amount_out_of_range'
               ELSE 'unreadable_amount' END
           WHEN abs(paid) >= 100_000_000_000 THEN 'amount_out_of_range'
           WHEN order_id = '' THEN 'missing_order_id'
       END AS rule
FROM read;
