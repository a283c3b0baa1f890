"""Where customers and shop meet: visits, messages, tickets, surveys."""

from __future__ import annotations

from pipeline.tables.contracts.contract import Check, Column, Contract, Reference
from pipeline.tables.contracts.orders import PRODUCT, customer

CHANNELS = ("email", "sms", "push", "in_app", "whatsapp", "phone", "post", "ads")

WEB_EVENTS = Contract(
    name="web_events",
    grain="one thing a known visitor did; rows may repeat",
    primary_key=(),
    columns=(
        customer(),
        Column("occurred_at", "time", "When"),
        Column(
            "event",
            "text",
            "What",
            allowed=("session", "view", "search", "cart", "checkout_start", "checkout_abandon", "purchase"),
        ),
        Column("channel", "text", "What led there: search, ads, direct …", nullable=True),
        PRODUCT,
        Column("duration", "number", "How long", unit="seconds", nullable=True, minimum=0),
    ),
    event_time="occurred_at",
    feeds=("visits to the web shop", "abandoned carts"),
)

MESSAGES = Contract(
    name="messages",
    grain="one message to one customer",
    primary_key=("message_id",),
    columns=(
        Column("message_id", "key", "The message", nullable=True),
        customer(),
        Column("sent_at", "time", "When it was sent"),
        Column("channel", "text", "How", allowed=CHANNELS),
        Column(
            "kind",
            "text",
            "Sent to many at once, set off by what the customer did, or part of an order",
            nullable=True,
            allowed=("broadcast", "triggered", "transactional"),
        ),
        Column("campaign_id", "text", "Its campaign", nullable=True, reference=Reference("campaigns")),
        Column("delivered", "flag", "It arrived; taken as known when sent", nullable=True),
        Column(
            "bounced",
            "flag",
            "It came back; taken as known when sent",
            nullable=True,
        ),
        Column("opened_at", "time", "First opening", nullable=True, feeds=("messages opened and clicked",)),
        Column("clicked_at", "time", "First click", nullable=True, feeds=("messages opened and clicked",)),
        Column(
            "unsubscribed_at",
            "time",
            "When it made the customer unsubscribe",
            nullable=True,
            feeds=("unsubscriptions",),
        ),
        Column("complained_at", "time", "When it was marked as spam", nullable=True),
    ),
    event_time="sent_at",
    checks=tuple(
        Check("before_it_was_sent", column, f"{column} < sent_at", "Earlier than the message was sent.")
        for column in ("opened_at", "clicked_at", "unsubscribed_at", "complained_at")
    ),
    feeds=("contact pressure", "messages opened and clicked", "unsubscriptions"),
)

TICKETS = Contract(
    name="tickets",
    grain="one question or complaint",
    primary_key=("ticket_id",),
    columns=(
        Column("ticket_id", "key", "The ticket", nullable=True),
        customer(),
        Column("opened_at", "time", "When it came in"),
        Column("kind", "text", "What it is", nullable=True, allowed=("question", "complaint", "other")),
        Column("category", "text", "What about, from the shop's list", nullable=True),
        Column("channel", "text", "How it came in", nullable=True),
        Column(
            "first_response_at",
            "time",
            "When the shop first answered",
            nullable=True,
        ),
        Column("resolved_at", "time", "When it was settled", nullable=True, feeds=("open complaints",)),
        Column(
            "csat",
            "count",
            "How content the customer was with it",
            unit="1 (not at all) to 5 (very)",
            nullable=True,
            minimum=1,
            maximum=5,
            known_from="resolved_at",
            feeds=("satisfaction with service",),
        ),
    ),
    event_time="opened_at",
    checks=tuple(
        Check("before_it_was_opened", column, f"{column} < opened_at", "Earlier than the ticket was opened.")
        for column in ("first_response_at", "resolved_at")
    ),
    feeds=("open complaints", "satisfaction with service"),
)

SURVEYS = Contract(
    name="surveys",
    grain="one answer to one question",
    primary_key=("response_id",),
    columns=(
        Column("response_id", "key", "The answer", nullable=True),
        customer(),
        Column("answered_at", "time", "When it was given"),
        Column("kind", "text", "The question", allowed=("nps", "csat")),
        Column(
            "score",
            "count",
            "The answer",
            unit="nps: 0 to 10, csat: 1 (not at all) to 5 (very content)",
            minimum=0,
            maximum=10,
        ),
    ),
    event_time="answered_at",
    checks=(
        Check(
            "not_a_csat_score",
            "score",
            "kind = 'csat' AND score NOT BETWEEN 1 AND 5",
            "A CSAT score is 1 to 5; 0 to 10 is for NPS.",
        ),
    ),
    feeds=("net promoter score",),
)
