UPDATE judged SET left_out = 'duplicates'
FROM repeated_orders
WHERE judged.file_no = repeated_orders.file_no
  AND judged.customer_id = repeated_orders.customer_id
  AND judged.order_id = repeated_orders.order_id
  AND judged.rule IS NULL AND judged.left_out IS NULL;
