-- Every return that the log or the returns table tells of. A day without a time of day is taken as its end,
-- so that what was bought on that day comes before it.
CREATE TABLE told AS
SELECT row_number() OVER (ORDER BY customer_key, returned_at, amount, origin, order_ref, product_id)
           AS told_no,
       *
FROM (
    SELECT 'log' AS origin, customer_key, order_id AS order_ref, nullif(product_id, '') AS product_id,
           returned_at, amount
    FROM log_returns JOIN identities USING (customer_no)
    UNION ALL
    SELECT 'table', customer_key, order_key, product_id,
           CASE WHEN returned_at = CAST(returned_at AS DATE)
                THEN returned_at + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND ELSE returned_at END,
           -amount
    FROM table_returns
    WHERE amount > 0
);

-- The same event from the other source: same customer, same money, at most 30 days after the last one of that
-- money. In such a spell the log counts up and the table down; who brings the balance nearer to nothing tells
-- what the other has told before. Only the past decides, so nothing that comes later takes back what was
-- known.
CREATE MACRO told_before(events) AS TABLE
WITH spaced AS (
    SELECT *, CASE WHEN date_diff('day', lag(moment) OVER (
        PARTITION BY customer_key, amount ORDER BY moment, event_no), moment) <= 30 THEN 0 ELSE 1 END AS opens
    FROM query_table(events)
),
spells AS (
    SELECT *, sum(opens) OVER (PARTITION BY customer_key, amount ORDER BY moment, event_no) AS spell
    FROM spaced
),
balances AS (
    SELECT *, sum(step) OVER (PARTITION BY customer_key, amount, spell ORDER BY moment, event_no) AS balance
    FROM spells
)
SELECT event_no FROM balances WHERE abs(balance) < abs(balance - step);

CREATE VIEW single_events AS
SELECT told_no AS event_no, customer_key, amount, returned_at AS moment,
       CASE origin WHEN 'log' THEN 1 ELSE -1 END AS step
FROM told;

-- One source may sum a day's returns that the other lists.
CREATE VIEW day_events AS
SELECT min(told_no) AS event_no, customer_key, sum(amount) AS amount, CAST(returned_at AS DATE) AS moment,
       CASE origin WHEN 'log' THEN 1 ELSE -1 END AS step
FROM told
GROUP BY customer_key, origin, CAST(returned_at AS DATE);

CREATE TABLE told_once_more AS
SELECT event_no AS told_no FROM told_before('single_events')
UNION
SELECT told.told_no
FROM told_before('day_events') AS again
JOIN told AS first ON first.told_no = again.event_no
JOIN told
    ON told.customer_key = first.customer_key
   AND told.origin = first.origin
   AND CAST(told.returned_at AS DATE) = CAST(first.returned_at AS DATE);
