-- A hash of every mapped column, the same where rows are equal, of the accepted rows that share their order id at least.
SELECT place,
       hash(customer_no, ordered_at, paid, quantity, order_id, status, currency, is_test, product_id, channel) AS digest
FROM judged
WHERE rule IS NULL AND left_out IS NULL AND only_line IS NOT TRUE
