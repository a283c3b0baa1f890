"""Through which channels customers order, where the order log says so."""

from __future__ import annotations

from pipeline.features.feature import Feature, Topic, Words

UNKNOWN = "without an order of known channel"

CHANNELS = Topic(
    "channels",
    "Through which channels the customer orders; known if `sources.orders.columns.channel` is mapped.",
    "channels",
    ("orders",),
    (
        Feature(
            "channels",
            "count(channel)",
            "Channels used so far",
            "channels",
            whole=True,
            words=Words("{value:channel/channels} used", "{value:Kanal/Kanäle} genutzt"),
        ),
        # Exact decimals: a floating-point sum depends on the order of rows.
        Feature(
            "channel_entropy",
            "ln(sum(ordered)) - sum(CAST(ordered * ln(ordered) AS DECIMAL(38, 9))) / sum(ordered)",
            "Shannon entropy of the orders over the channels",
            "nats",
            UNKNOWN,
        ),
        Feature(
            "top_channel_share",
            "max(ordered) / sum(ordered)",
            "Share of orders through the customer's main channel",
            "share",
            UNKNOWN,
            words=Words(
                "{value} of the orders through the main channel",
                "{value} der Bestellungen über den wichtigsten Kanal",
            ),
        ),
        Feature(
            "top_channel_share_2_horizons",
            "max_by(ordered_lately, (ordered, channel)) / nullif(sum(ordered_lately), 0)",
            "Share of the last two horizons' orders through the customer's main channel",
            "share",
            UNKNOWN + " in them",
            words=Words(
                "{value} of the orders through the main channel lately",
                "{value} der Bestellungen zuletzt über den wichtigsten Kanal",
            ),
        ),
        *(
            Feature(
                f"{which}_channel_reach",
                f"{chosen}",
                f"Share of all customers' orders that go through the channel of {whose}",
                "share",
                UNKNOWN,
                words=Words(
                    f"{{value}} of all orders go through the channel of {whose}",
                    f"{{value}} aller Bestellungen kommen über den Kanal {german}",
                ),
            )
            for which, chosen, whose, german in (
                ("top", "max_by(reach, (ordered, channel))", "most of the customer's", "der meisten eigenen"),
                (
                    "first",
                    "min_by(reach, (first_at, channel))",
                    "the customer's first order",
                    "der ersten eigenen",
                ),
                (
                    "last",
                    "max_by(reach, (last_at, channel))",
                    "the customer's last order",
                    "der letzten eigenen",
                ),
            )
        ),
        Feature(
            "last_channel_share",
            "max_by(ordered, (last_at, channel)) / sum(ordered)",
            "Share of the customer's orders through the channel of the last: the usual one, or a new one",
            "share",
            UNKNOWN,
            words=Words(
                "Channel of the last order: {value} of the own orders",
                "Kanal der letzten Bestellung: {value} der eigenen",
            ),
        ),
    ),
)
