-- The rows before the as-of date, each with the first rule it breaks (NULL is accepted) and, when accepted,
-- the policy that leaves it out (NULL stays in). A column that is not mapped is NULL, an empty value is ''.
-- A row without any value, as spreadsheets add them, breaks no rule.
-- list_position, for list_contains of a long list becomes a join, which takes its time and loses the order of
-- the rows. Both sides in small letters by the same program: of İ others make another letter.
WITH converted AS (
    SELECT *, CASE WHEN written < 0 THEN coalesce(order_rate, rate) ELSE rate END AS applied,
           in_reporting_currency(written, applied) AS paid,
           CASE WHEN ordered_at IS NULL AND number = '' AND missing_customer
                THEN customer_no = (SELECT customer_no FROM customers WHERE customer_id = '')
                     AND concat(date_text, amount, quantity, order_id, status, currency, is_test, product_id,
                                channel) = ''
           END AS is_empty
    FROM valued
), ruled AS (
    SELECT *,
           CASE
               WHEN is_empty THEN NULL
               WHEN ordered_at IS NULL THEN 'unreadable_date'
               WHEN ordered_at < TIMESTAMP '1970-01-02' THEN 'date_too_old'
               WHEN ordered_at > $now THEN 'future_date'
               WHEN missing_customer AND NOT $anonymous_left_out THEN 'missing_customer_id'
               WHEN units IS NULL THEN 'unreadable_quantity'
               WHEN written IS NULL THEN CASE
                   WHEN regexp_full_match(number, '(?i)[+-]?(inf|infinity|nan)') THEN 'not_finite_amount'
                   WHEN is_amount(number) THEN 'amount_out_of_range'
                   ELSE 'unreadable_amount' END
               WHEN units < 0 AND written > 0 THEN 'below_zero_twice'
               WHEN currency = '' THEN 'missing_currency'
               WHEN rate IS NULL THEN 'missing_exchange_rate'
               WHEN paid IS NULL OR abs(paid) >= 100_000_000_000 THEN 'amount_out_of_range'
               WHEN is_no_id(order_id) THEN 'missing_order_id'
               WHEN is_test IS NOT NULL AND NOT is_flag(is_test) THEN 'unreadable_flag'
           END::rule AS rule
    FROM converted
)
SELECT place, paid, rule,
       CASE
           WHEN rule IS NOT NULL THEN NULL
           WHEN is_empty THEN 'empty_rows'
           WHEN missing_customer THEN 'missing_customer_id'
           WHEN is_set(is_test) OR test_account THEN 'test_accounts'
           WHEN list_position([lower(word) FOR word IN $cancelled::VARCHAR[]], lower(status)) > 0
               THEN 'cancelled'
       END::left_out AS left_out
FROM ruled
