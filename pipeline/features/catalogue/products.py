"""What is in the baskets, at which price, from the tables of order lines, products, coupons and campaigns."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic, Words

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
            words=Words("{value} off the list price", "{value} Nachlass auf den Listenpreis"),
        ),
        Feature(
            "discounted_lines_share",
            "coalesce(count(*) FILTER (taken_off > 0) / nullif(count(age), 0), 0)",
            "Share of order lines with a discount",
            "share",
            words=Words("{value} of the items with a discount", "{value} der Positionen mit Rabatt"),
        ),
        Feature(
            "discount_share_2_horizons",
            """sum(taken_off) FILTER (age <= 2 * $horizon_days)
                / nullif(sum(taken_off + paid) FILTER (age <= 2 * $horizon_days), 0)""",
            "Share of the list price that was taken off in the last two horizons",
            "share",
            "without a paid line in them",
            words=Words(
                "{value} off the list price lately", "{value} Nachlass auf den Listenpreis in letzter Zeit"
            ),
        ),
    ),
)

ASSORTMENT = Topic(
    "assortment",
    "How much of the assortment the customer uses, and whether it widens.",
    "assortment",
    ("order_lines", "products"),
    (
        Feature(
            "categories",
            "count(category)",
            "Categories bought so far",
            "categories",
            whole=True,
            words=Words(
                "{value:category/categories} bought",
                "{value:Warengruppe/Warengruppen} gekauft",
                more_is="staying",
            ),
        ),
        Feature(
            "departments",
            "count(DISTINCT department)",
            "Departments bought from so far",
            "departments",
            whole=True,
            words=Words(
                "{value:department/departments} bought from",
                "Aus {value:Abteilung/Abteilungen} gekauft",
                more_is="staying",
            ),
        ),
        Feature(
            "categories_horizon",
            "count(*) FILTER (last_age <= $horizon_days)",
            "Categories bought in the last horizon",
            "categories",
            whole=True,
            words=Words(
                "{value:category/categories} bought in the last <horizon> days",
                "{value:Warengruppe/Warengruppen} in den letzten <horizon> Tagen gekauft",
                more_is="staying",
            ),
        ),
        # Exact decimals: a floating-point sum depends on the order of rows.
        Feature(
            "category_entropy",
            "ln(sum(bought)) - sum(CAST(bought * ln(bought) AS DECIMAL(38, 9))) / sum(bought)",
            "Shannon entropy of the lines over the categories",
            "nats",
            "without a known category",
            words=Words(
                "Breadth of the categories bought: {value}", "Breite der gekauften Warengruppen: {value}"
            ),
        ),
        Feature(
            "top_category_share",
            "max(bought) / sum(bought)",
            "Share of lines in the customer's main category",
            "share",
            "without a known category",
            words=Words(
                "{value} of the items in the main category",
                "{value} der Positionen in der wichtigsten Warengruppe",
            ),
        ),
        Feature(
            "top_category_reach",
            "max_by(reach, (bought, category))",
            "Share of all customers' lines that lie in the customer's main category: is it a niche",
            "share",
            "without a known category",
            words=Words(
                "Main category: {value} of all customers' items",
                "Wichtigste Warengruppe: {value} der Positionen aller",
            ),
        ),
        Feature(
            "new_category_share",
            """count(*) FILTER (first_age <= 2 * $horizon_days)
                / nullif(count(*) FILTER (last_age <= 2 * $horizon_days), 0)""",
            "Of the categories bought in the last two horizons, the share never bought before",
            "share",
            "without a known category in them",
            words=Words(
                "{value} of the categories bought lately were new",
                "{value} der zuletzt gekauften Warengruppen waren neu",
            ),
        ),
        Feature(
            "repeat_product_share",
            "1 - sum(products_bought) / sum(bought)",
            "Share of lines with a product that the customer had bought before",
            "share",
            "without a known category",
            words=Words("{value} of the items bought before", "{value} der Positionen schon früher gekauft"),
        ),
    ),
)

COUPONS = Topic(
    "coupons",
    "Whether the customer uses coupons.",
    "coupons",
    ("coupon_redemptions",),
    (
        Feature(
            "coupons",
            "count(age)",
            "Coupons used so far",
            "coupons",
            whole=True,
            words=Words(
                "{value:coupon/coupons} used so far", "{value:Gutschein/Gutscheine} bisher eingelöst"
            ),
        ),
        Feature(
            "coupons_4_horizons",
            "count(*) FILTER (age <= 4 * $horizon_days)",
            "Coupons used in the last four horizons",
            "coupons",
            whole=True,
            words=Words(
                "{value:coupon/coupons} used lately", "{value:Gutschein/Gutscheine} in letzter Zeit eingelöst"
            ),
        ),
        Feature(
            "coupon_day_share",
            "count(DISTINCT redeemed_on) / (max(frequency) + 1)",
            "Days with a coupon over days with an order",
            "share",
            words=Words("Coupon on {value} of the order days", "Gutschein an {value} der Bestelltage"),
        ),
        Feature(
            "days_since_coupon",
            "min(age) - 1",
            "Days from the last coupon to the last known day",
            "days",
            "without a coupon",
            whole=True,
            words=Words("Last coupon used {value:day/days} ago", "Letzter Gutschein vor {value:Tag/Tagen}"),
        ),
    ),
)

CAMPAIGNS = Topic(
    "campaigns",
    "Which campaigns address the customer. That they do is taken as known from the campaign's beginning.",
    "addressed",
    ("campaign_members", "campaigns"),
    (
        Feature(
            "campaigns",
            "count(age)",
            "Campaigns so far",
            "campaigns",
            whole=True,
            words=Words("{value:campaign/campaigns} so far", "{value:Kampagne/Kampagnen} bisher"),
        ),
        Feature(
            "campaigns_running",
            "count(*) FILTER (is_running)",
            "Campaigns that still run at the cutoff",
            "campaigns",
            whole=True,
            words=Words("{value:campaign/campaigns} running", "{value:laufende Kampagne/laufende Kampagnen}"),
        ),
        Feature(
            "campaigns_2_horizons",
            "count(*) FILTER (age <= 2 * $horizon_days)",
            "Campaigns begun in the last two horizons",
            "campaigns",
            whole=True,
            words=Words(
                "{value:campaign/campaigns} begun lately",
                "{value:Kampagne/Kampagnen} in letzter Zeit begonnen",
            ),
        ),
        Feature(
            "days_since_campaign",
            "min(age) - 1",
            "Days from the beginning of the last campaign to the last known day",
            "days",
            "without a campaign",
            whole=True,
            words=Words(
                "Last campaign begun {value:day/days} ago", "Letzte Kampagne vor {value:Tag/Tagen} begonnen"
            ),
        ),
    ),
)
