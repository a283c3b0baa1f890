SELECT place
FROM judged JOIN repeated_orders USING (file_no, customer_no, order_id)
WHERE rule IS NULL AND left_out IS NULL AND NOT is_changed
