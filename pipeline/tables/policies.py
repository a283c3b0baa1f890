"""What a shop decides about its order log: every decision has a name, a default and a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.tables.spec import IdMapSource, RateSource

FILE = "file:"


@dataclass(frozen=True)
class Policies:
    """The decisions of the section ``ingest`` of the parameters.

    Attributes
    ----------
    returns : {"match", "net_by_day", "drop"}
        What a negative order takes its money from: the order it belongs to, the orders of its day, nothing.
    duplicates : {"keep", "drop_exact"}
        Whether a row that repeats another in all mapped columns counts once.
    zero_amount : {"keep", "drop"}
        Whether an order that sums to nothing is an order.
    cancelled_status : tuple of str
        Values of the status column, in any case, whose rows are dropped.
    exclude_customers : tuple of str
        Ids or patterns (``test-*``) of customers that are none; ``file:PATH`` reads one per line.
    timezone : str, optional
        IANA name of the shop's zone: times with an offset become its local time.
    currency : str, optional
        The reporting currency, an ISO 4217 code; needed when a currency column is mapped.
    id_map : IdMapSource, optional
        Which ids are one customer.
    exchange_rates : RateSource, optional
        What one unit of a currency is worth in the reporting currency, by day.
    """

    returns: Literal["match", "net_by_day", "drop"] = "match"
    duplicates: Literal["keep", "drop_exact"] = "keep"
    zero_amount: Literal["keep", "drop"] = "keep"
    cancelled_status: tuple[str, ...] = ()
    exclude_customers: tuple[str, ...] = ()
    timezone: str | None = None
    currency: str | None = None
    id_map: IdMapSource | None = None
    exchange_rates: RateSource | None = None
