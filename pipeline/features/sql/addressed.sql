-- One row per customer and campaign that addresses them and began before $cutoff. That a campaign has an end
-- is known from its beginning.
SELECT
    customer_key,
    CAST($cutoff AS DATE) - CAST(starts_at AS DATE) AS age,
    coalesce(CAST(ends_at AS DATE) >= CAST($cutoff AS DATE), FALSE) AS is_running
FROM campaign_members
JOIN campaigns USING (campaign_id)
WHERE starts_at < $cutoff
