"""What a shop decides about its order log: every decision has a name, a default and a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.tables.sources.spec import IdMapSource, RateSource

FILE = "file:"
CustomerIds = Literal["as_written", "small_letters"]


@dataclass(frozen=True)
class Policies:
    """The decisions of the section ``ingest`` of the parameters.

    Attributes
    ----------
    returns : {"match", "net_by_day", "drop"}
        What a return takes its money from: the order it belongs to, the orders of its day, nothing.
    returns_from : {"both", "log", "table"}
        Which returns count: the negative orders of the log, the rows of the returns table, or both, what both
        tell of once.
    duplicates : {"drop_repeated_order", "drop_exact", "keep"}
        What counts once: an order that a later file delivers again line for line, a row that repeats another
        in all mapped columns, or nothing.
    zero_amount : {"keep", "drop"}
        Whether an order that sums to nothing is an order.
    customer_ids : {"as_written", "small_letters"}
        Whether capitals tell one id from another, in every table.
    missing_customer_id : {"quarantine", "leave_out"}
        Whether a row without a customer is a fault, or a sale to somebody unknown.
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
    returns_from: Literal["both", "log", "table"] = "both"
    duplicates: Literal["drop_repeated_order", "drop_exact", "keep"] = "drop_repeated_order"
    zero_amount: Literal["keep", "drop"] = "keep"
    customer_ids: CustomerIds = "as_written"
    missing_customer_id: Literal["quarantine", "leave_out"] = "quarantine"
    cancelled_status: tuple[str, ...] = ()
    exclude_customers: tuple[str, ...] = ()
    timezone: str | None = None
    currency: str | None = None
    id_map: IdMapSource | None = None
    exchange_rates: RateSource | None = None
