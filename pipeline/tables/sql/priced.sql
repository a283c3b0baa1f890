-- Every row with the rate of its day, or of the latest day before that has one; NULL where there is none.
CREATE VIEW priced AS
SELECT linked.*,
       CASE WHEN upper(linked.currency) = $currency THEN 1::DECIMAL(18, 8) ELSE rates.rate END AS rate
FROM linked
ASOF LEFT JOIN rates
    ON rates.currency = upper(linked.currency)
   AND rates.day <= CAST(linked.ordered_at AS DATE);
