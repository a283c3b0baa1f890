-- Each amount text once, with what is left of it bare and the value of that; NULL where it is no number.
CREATE OR REPLACE TABLE amounts AS
WITH bare AS (
    SELECT amount, number_text(amount) AS number
    FROM amount_texts
)
SELECT *, CASE WHEN is_amount(number) THEN read_amount(number) END AS written
FROM bare;
