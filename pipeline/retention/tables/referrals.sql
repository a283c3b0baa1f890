-- Recommendations that somebody signed up for.
SELECT
    'recommendations_taken' AS name,
    count(signed_up_at) AS numerator,
    count(*) AS denominator,
    count(DISTINCT referrer_key) AS customers
FROM referrals
WHERE shared_at >= $start AND shared_at < $as_of
