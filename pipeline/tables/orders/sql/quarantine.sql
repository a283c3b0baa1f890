-- Every row that was not accepted: those that could not be split, and those that broke a rule.
SELECT file_no, line, column_name AS "column", role AS our_column, rules.rule, reason, value_class
FROM faults JOIN rules USING (rule)
UNION ALL
SELECT file_no, line, named, role, rules.rule, reason,
       CASE
           WHEN role = 'ordered_at' AND ordered_at IS NOT NULL THEN 'date'
           WHEN role = 'ordered_at' THEN value_class(date_text)
           WHEN role = 'amount' THEN value_class(amount::VARCHAR)
           WHEN role = 'quantity' THEN value_class(quantity)
           WHEN role = 'customer_id' THEN value_class(customers.customer_id)
           WHEN role = 'order_id' THEN value_class(order_id)
           WHEN role = 'currency' THEN value_class(currency)
           WHEN role = 'is_test' THEN value_class(is_test)
           ELSE 'empty'
       END
FROM broken JOIN rules USING (rule) JOIN customers USING (customer_no)
