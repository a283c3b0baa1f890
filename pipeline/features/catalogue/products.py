"""What is in the baskets, at which price, from the tables of order lines, products, coupons and campaigns."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic

DISCOUNTS = Topic(
    "discounts",
    "How much the customer buys below the list price.",
    "prices",
    ("order_lines",),
    (
        Feature(
            "discount_share",
            "coalesce(sum(taken_off) / nullif(sum(taken_off) + sum(paid), 0), 0)",
            "Share of the list price that was taken off",
            "share",
        ),
        Feature(
            "discounted_lines_share",
            "coalesce(count(*) FILTER (taken_off > 0) / nullif(count(age), 0), 0)",
            "Share of order lines with a discount",
            "share",
        ),
        Feature(
            "discount_share_2_horizons",
            """sum(taken_off) FILTER (age <= 2 * $horizon_days)
                / nullif(sum(taken_off + paid) FILTER (age <= 2 * $horizon_days), 0)""",
            "Share of the list price that was taken off in the last two horizons",
            "share",
            "without a paid line in them",
        ),
    ),
)

ASSORTMENT = Topic(
    "assortment",
    "How much of the assortment the customer uses, and whether it widens.",
    "assortment",
    ("order_lines", "products"),
    (
        Feature("categories", "count(category)", "Categories bought so far", "categories", whole=True),
        Feature(
            "departments",
            "count(DISTINCT department)",
            "Departments bought from so far",
            "departments",
            whole=True,
        ),
        Feature(
            "categories_horizon",
            "count(*) FILTER (last_age <= $horizon_days)",
            "Categories bought in the last horizon",
            "categories",
            whole=True,
        ),
        # Exact decimals: a floating-point sum depends on the order of rows.
        Feature(
            "category_entropy",
            "ln(sum(bought)) - sum(CAST(bought * ln(bought) AS DECIMAL(38, 9))) / sum(bought)",
            "Shannon entropy of the lines over the categories",
            "nats",
            "without a known category",
        ),
        Feature(
            "top_category_share",
            "max(bought) / sum(bought)",
            "Share of lines in the customer's main category",
            "share",
            "without a known category",
        ),
        Feature(
            "top_category_reach",
            "max_by(reach, (bought, category))",
            "Share of all customers' lines that lie in the customer's main category: is it a niche",
            "share",
            "without a known category",
        ),
        Feature(
            "new_category_share",
            """count(*) FILTER (first_age <= 2 * $horizon_days)
                / nullif(count(*) FILTER (last_age <= 2 * $horizon_days), 0)""",
            "Of the categories bought in the last two horizons, the share never bought before",
            "share",
            "without a known category in them",
        ),
        Feature(
            "repeat_product_share",
            "1 - sum(products_bought) / sum(bought)",
            "Share of lines with a product that the customer had bought before",
            "share",
            "without a known category",
        ),
    ),
)

COUPONS = Topic(
    "coupons",
    "Whether the customer uses coupons.",
    "coupons",
    ("coupon_redemptions",),
    (
        Feature("coupons", "count(age)", "Coupons used so far", "coupons", whole=True),
        Feature(
            "coupons_4_horizons",
            "count(*) FILTER (age <= 4 * $horizon_days)",
            "Coupons used in the last four horizons",
            "coupons",
            whole=True,
        ),
        Feature(
            "coupon_day_share",
            "count(DISTINCT redeemed_on) / (max(frequency) + 1)",
            "Days with a coupon over days with an order",
            "share",
        ),
        Feature(
            "days_since_coupon",
            "min(age) - 1",
            "Days from the last coupon to the last known day",
            "days",
            "without a coupon",
            whole=True,
        ),
    ),
)

CAMPAIGNS = Topic(
    "campaigns",
    "Which campaigns address the customer. That they do is taken as known from the campaign's beginning.",
    "addressed",
    ("campaign_members", "campaigns"),
    (
        Feature("campaigns", "count(age)", "Campaigns so far", "campaigns", whole=True),
        Feature(
            "campaigns_running",
            "count(*) FILTER (is_running)",
            "Campaigns that still run at the cutoff",
            "campaigns",
            whole=True,
        ),
        Feature(
            "campaigns_2_horizons",
            "count(*) FILTER (age <= 2 * $horizon_days)",
            "Campaigns begun in the last two horizons",
            "campaigns",
            whole=True,
        ),
        Feature(
            "days_since_campaign",
            "min(age) - 1",
            "Days from the beginning of the last campaign to the last known day",
            "days",
            "without a campaign",
            whole=True,
        ),
    ),
)
