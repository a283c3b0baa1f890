-- The returns that count, numbered to be told apart.
CREATE TABLE returned AS
SELECT told_no AS return_no, customer_key, order_ref, product_id, returned_at, amount
FROM told
WHERE CASE $returns_from
          WHEN 'both' THEN told_no NOT IN (FROM told_once_more)
          ELSE origin = $returns_from
      END;
