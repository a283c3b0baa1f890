"""The section `sources`: where the shop's tables are and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.params.secrets import secrets_in
from pipeline.params.section import Section, at_odds

OF_LOG_ALONE = ("status", "is_test", "currency")
DATABASE = "url: postgresql://churn:$SHOP_PASSWORD@db.example.com/shop with table: orders"
VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]*")


class OrderColumns(Section):
    """Which column of the shop's file holds what."""

    customer_id: str = Field(min_length=1, examples=["customer_id"])
    ordered_at: str = Field(min_length=1, examples=["order_date"])
    amount: str | None = Field(default=None, min_length=1, examples=["total"])
    unit_price: str | None = Field(default=None, min_length=1, examples=["unit_price"])
    quantity: str | None = Field(default=None, min_length=1, examples=["quantity"])
    order_id: str | None = Field(default=None, min_length=1, examples=["order_number"])
    status: str | None = Field(default=None, min_length=1, examples=["order_status"])
    is_test: str | None = Field(default=None, min_length=1, examples=["is_test"])
    currency: str | None = Field(default=None, min_length=1, examples=["currency"])
    product_id: str | None = Field(default=None, min_length=1, examples=["sku"])
    channel: str | None = Field(default=None, min_length=1, examples=["sales_channel"])

    @model_validator(mode="after")
    def _paid_in_one_way(self) -> OrderColumns:
        given = (self.amount is not None, self.unit_price is not None, self.quantity is not None)
        if given not in ((True, False, False), (False, True, True)):
            raise at_odds(
                "needs amount, what was paid for the row, or unit_price and quantity, and not both",
                "amount: total",
            )
        return self


class Since(Section):
    """A watermark: only rows whose column is at or after the value are read."""

    column: str = Field(min_length=1, examples=["updated_at"])
    value: int | str = Field(examples=["2024-01-01"])


class Source(Section):
    """Where a table is and how it is written: files, or a database."""

    path: str | None = Field(default=None, min_length=1, examples=["data/raw/orders.csv"])
    url: str | None = Field(
        default=None, min_length=1, examples=["postgresql://churn:$SHOP_PASSWORD@db/shop"]
    )
    table: str | None = Field(default=None, min_length=1, examples=["orders"])
    query: str | None = Field(default=None, min_length=1, examples=["SELECT * FROM orders"])
    since: Since | None = Field(default=None)
    sheet: str | None = Field(default=None, min_length=1, examples=["Orders"])
    delimiter: str = Field(default="auto", min_length=1, examples=["auto"])
    encoding: str = Field(default="auto", min_length=1, examples=["auto"])
    decimal: Literal["auto", ".", ","] = Field(default="auto", examples=["auto"])
    date_format: str = Field(default="auto", min_length=1, examples=["auto"])

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str) -> str:
        if value not in ("auto", "whitespace") and len(value) != 1:
            raise ValueError("must be auto, whitespace or a single character")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.path is None) == (self.url is None):
            raise at_odds(
                "give path (files) or url (a database), exactly one of them", "path: data/raw/orders.csv"
            )
        if self.path is not None and (self.table or self.query or self.since):
            raise at_odds(
                "table, query and since belong to a database: they need url instead of path", DATABASE
            )
        if self.url is not None and (self.table is None) == (self.query is None):
            raise at_odds("url needs table or query, exactly one of them", DATABASE)
        if "${" in (self.url or self.path or ""):
            raise at_odds("write $NAME without braces, which `dvc exp run -S` takes for its own", DATABASE)
        if not all(map(VARIABLE.fullmatch, secrets_in(self.url or self.path or ""))):
            raise at_odds(  # params.yaml is in git
                "a password or token does not belong here: write $NAME and set NAME in the environment",
                DATABASE,
            )
        return self


class IdMapColumns(Section):
    """Which id is replaced by which."""

    from_id: str = Field(min_length=1, examples=["card_number"])
    customer_id: str = Field(min_length=1, examples=["customer_id"])


class IdMap(Source):
    """Ids that are one customer."""

    columns: IdMapColumns


class RateColumns(Section):
    """What one unit of a currency is worth in report.currency, by day."""

    day: str = Field(min_length=1, examples=["day"])
    currency: str = Field(min_length=1, examples=["currency"])
    rate: str = Field(min_length=1, examples=["rate"])


class ExchangeRates(Source):
    """Exchange rates by day."""

    columns: RateColumns


class OrderSource(Source):
    """The order log."""

    columns: OrderColumns


class TableSource(Source):
    """An optional table; its contract in `pipeline.tables.contracts` knows the columns."""

    columns: dict[str, str | None] = Field(min_length=1, examples=[{"customer_id": "kunde"}])
    words: dict[str, dict[str, str]] = Field(default={}, examples=[{"kind": {"newsletter": "broadcast"}}])


class Sources(Section):
    """The shop's tables. The order log is required, as orders or as order_lines; see docs/tables.md."""

    orders: OrderSource
    id_map: IdMap | None = Field(default=None)
    exchange_rates: ExchangeRates | None = Field(default=None)
    order_lines: TableSource | None = None
    customers: TableSource | None = None
    products: TableSource | None = None
    campaigns: TableSource | None = None
    campaign_members: TableSource | None = None
    coupon_redemptions: TableSource | None = None
    returns: TableSource | None = None
    web_events: TableSource | None = None
    messages: TableSource | None = None
    tickets: TableSource | None = None
    surveys: TableSource | None = None
    loyalty_ledger: TableSource | None = None
    referrals: TableSource | None = None
    consents: TableSource | None = None
    subscriptions: TableSource | None = None
    experiments: TableSource | None = None

    @model_validator(mode="before")
    @classmethod
    def _orders_of_lines(cls, tree: object) -> object:
        """Without an order log, the order lines are one: what a log alone has is read there."""
        if not isinstance(tree, Mapping) or tree.get("orders"):
            return tree
        match tree.get("order_lines"):
            case {"columns": {**columns}, **dialect}:
                known = OrderColumns.model_fields.keys() - {"quantity"}  # of a line whose amount is known
                own = {our: theirs for our, theirs in columns.items() if our in known}
                others = {our: theirs for our, theirs in columns.items() if our not in OF_LOG_ALONE}
                lines = {**dialect, "columns": others}
                return {**tree, "orders": {**dialect, "columns": own}, "order_lines": lines}
        return tree

    @property
    def section_of_log(self) -> str:
        """Where people find the log in params.yaml: `order_lines`, where these are the log, else `orders`."""
        lines, place = self.order_lines, ("path", "url", "table", "query")
        if lines is None or any(getattr(lines, key) != getattr(self.orders, key) for key in place):
            return "orders"
        own = self.orders.columns.model_dump(exclude_none=True, exclude=set(OF_LOG_ALONE)).items()
        return "order_lines" if own <= lines.columns.items() else "orders"

    @property
    def optional(self) -> dict[str, TableSource]:
        """The optional tables that the shop has, by name."""
        return {name: source for name, source in self if isinstance(source, TableSource)}
