-- Every row with the rate of its day, or of the latest day before that has one; NULL where there is none.
CREATE VIEW priced AS
SELECT visible.*,
       CASE WHEN upper(visible.currency) = $currency THEN 1::DECIMAL(18, 8) ELSE rates.rate END AS rate
FROM visible
ASOF LEFT JOIN rates
    ON rates.currency = upper(visible.currency)
   AND rates.day <= CAST(visible.ordered_at AS DATE);
