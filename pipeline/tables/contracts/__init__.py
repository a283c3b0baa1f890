"""What each table promises: its grain, its key, its columns and rules, in a form people can read.

`python -m pipeline.tables.contracts` writes them to docs/tables.md.
"""

from __future__ import annotations

from pipeline.tables.contracts.contacts import MESSAGES, SURVEYS, TICKETS, WEB_EVENTS
from pipeline.tables.contracts.contract import Check, Column, Contract, ContractError, Reference, check
from pipeline.tables.contracts.interim import ALL_QUARANTINED, ORDERS, QUARANTINE, RETURNS
from pipeline.tables.contracts.orders import (
    CAMPAIGN_MEMBERS,
    CAMPAIGNS,
    COUPON_REDEMPTIONS,
    ORDER_LINES,
    ORDER_LOG,
    PRODUCTS,
    RETURNS_TABLE,
)
from pipeline.tables.contracts.people import (
    CONSENTS,
    CUSTOMERS,
    EXPERIMENTS,
    LOYALTY_LEDGER,
    REFERRALS,
    SUBSCRIPTIONS,
)

# A table comes after those it refers to.
OPTIONAL = {
    contract.name: contract
    for contract in (
        CUSTOMERS,
        PRODUCTS,
        CAMPAIGNS,
        ORDER_LINES,
        RETURNS_TABLE,
        CAMPAIGN_MEMBERS,
        COUPON_REDEMPTIONS,
        WEB_EVENTS,
        MESSAGES,
        TICKETS,
        SURVEYS,
        LOYALTY_LEDGER,
        REFERRALS,
        CONSENTS,
        SUBSCRIPTIONS,
        EXPERIMENTS,
    )
}

__all__ = [
    "ALL_QUARANTINED",
    "OPTIONAL",
    "ORDERS",
    "ORDER_LOG",
    "QUARANTINE",
    "RETURNS",
    "Check",
    "Column",
    "Contract",
    "ContractError",
    "Reference",
    "check",
]
