"""What a shop is told of the data it delivered: each doubt in a sentence, with what helps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.counted import counted
from pipeline.params import OrderSource
from pipeline.tables.ingest import Ingested
from pipeline.tables.orders import identity
from pipeline.tables.orders.purchases import frame_of
from pipeline.tables.signals import (
    MANY_AT_ONCE,
    SMALL,
    at_once,
    lone_end,
    lone_start,
    newcomers,
    shared_account,
    spells,
)

MANY_LOST = 0.25  # of the returns, by one customer: more than anybody's own
FEWEST_LOST = 20
MUCH_LOST = 0.05  # of the money given back
MANY_EQUAL = 0.2  # of the rows: more than by pieces of one order that cost the same
FEWEST_DOUBLED, DOUBLED_SHARE = 10, 0.005  # of the orders: more than by chance
MOST = 0.5
FLOAT = r"^\d+\.0$"


Doubt = Literal[
    "starts_late",
    "rounded_ids",
    "float_ids",
    "alike_ids",
    "alike_numbers",
    "nobodies",
    "shared_account",
    "alike_ids_of_tables",
    "unknown_words",
    "lines_as_orders",
    "shared_order_ids",
    "lone_start",
    "lone_end",
    "changed_orders",
    "files_overlap",
    "doubled_orders",
    "equal_rows",
    "none_cancelled",
    "small_amounts",
    "lost_returns",
    "unmatched_returns",
]


class Remark(NamedTuple):
    """A doubt: its name, by which the report tells it to people, and the sentence with what helps."""

    name: Doubt
    sentence: str


def remarks(
    done: Ingested, births_from: date | None, cancelled: Sequence[str], *, returns: str = "match"
) -> Iterator[Remark]:
    """Tell of what was accepted and may yet be wrong; no sentence repeats a value of a customer.

    Parameters
    ----------
    done : Ingested
    births_from : date, optional
        The parameter that answers the doubt about the start of the log.
    cancelled : sequence of str
        The states of orders that came to nothing.
    returns : str
        The parameter that says what becomes of returns.
    """
    yield from _about_births(done, births_from)
    yield from _about_ids(done)
    yield from _about_ids_of_tables(done)
    yield from _about_words(done)
    yield from _about_lines(done)
    yield from _about_order_ids(done)
    yield from _about_dates(done)
    yield from _about_changed(done)
    yield from _about_equal_rows(done)
    yield from _about_states(done, cancelled)
    yield from _about_small_amounts(done)
    if returns != "drop":
        yield from _about_returns(done, returns)


def chooses_states(source: OrderSource) -> bool:
    """Tell whether a query seems to leave out what came to nothing, as the one does that inspect proposes."""
    state = re.escape(source.columns.status or "")
    chosen = rf"\bwhere\b.*(storn|cancel{'|' + state if state else ''})"
    return bool(re.search(chosen, source.query or "", re.IGNORECASE | re.DOTALL))


def _about_births(done: Ingested, births_from: date | None) -> Iterator[Remark]:
    """Tell of a log that starts in the middle of customers' lives."""
    truncation = done.counts["left_truncation"]
    if births_from is None and truncation["suspected"]:
        settled_on = date.fromisoformat(truncation["settled_on"])
        left, new = done.as_of - settled_on, newcomers(done.order_table, settled_on)
        yield Remark(
            "starts_late",
            "far more customers order for the first time in the first weeks of the log than later: it seems "
            f"to start in the middle of their lives. They come as later from about {settled_on} on: set "
            f'ingest.births_from: "{settled_on}", if the {left.days} days from then on, and the '
            f"{counted(new):customer who was/customers who were} new in them, are enough to learn from, "
            "which churn preflight tells.",
        )


def _about_ids(done: Ingested) -> Iterator[Remark]:
    """Tell of ids that do not tell one customer from another."""
    ids, alike = done.vault["customer_id"], done.counts["alike_ids"]
    if rounded := pc.sum(pc.match_substring_regex(ids, identity.SCIENTIFIC)).as_py():
        yield Remark(
            "rounded_ids",
            f"{counted(rounded):customer id is/customer ids are} written like 1.23E+11: a spreadsheet has "
            "rounded them, and one may be several customers. Export that column as text.",
        )
    if pc.all(pc.match_substring_regex(ids, FLOAT)).as_py():
        yield Remark(
            "float_ids",
            'all customer ids end in ".0": a program took them for numbers, and the CRM may know them '
            "without. Write them as text, or cut it off by a query, such as SELECT * REPLACE "
            "(regexp_replace(customer, '\\.0$', '') AS customer) FROM read_csv('data/raw/orders.csv', "
            "all_varchar = true): docs/bring-your-own-data.md, Tables that belong together.",
        )
    if alike:
        yield Remark(
            "alike_ids",
            f"{counted(alike):customer id differs/customer ids differ} from another one in capitals "
            "alone. If these are the same people, set ingest.customer_ids: small_letters.",
        )
    if numbers := identity.alike_numbers(ids):
        yield Remark(
            "alike_numbers",
            f"{counted(numbers):customer id differs/customer ids differ} from another one in leading zeros "
            'or a ".0" at the end alone: spreadsheets write numbers so. If these are the same people, churn '
            "inspect shows a query that writes their ids in one way.",
        )
    if nobodies := identity.nobodies(ids):
        yield Remark(
            "nobodies",
            f"{counted(nobodies):customer id is a word/customer ids are words} for nobody or for a test, "
            "such as guest or test, and the orders of each count as one customer's. ingest.exclude_customers "
            "leaves them out. churn inspect shows them.",
        )
    if orders := shared_account(done.order_table):
        yield Remark(
            "shared_account",
            f"one customer has {orders:,} of {len(done.order_table):,} orders, ten times as many as anybody "
            "else or more. If that is how the shop writes people without an account, another column, such as "
            "the e-mail address, may tell who they are; ingest.exclude_customers leaves them out. churn "
            "inspect shows the id.",
        )


def _about_ids_of_tables(done: Ingested) -> Iterator[Remark]:
    """Tell of ids by which a table means a customer of the log whom it writes in other capitals."""
    for name, table in done.counts["tables"].items():
        if alike := table.get("in_other_capitals"):
            yield Remark(
                "alike_ids_of_tables",
                f"{name}: {counted(alike):customer id differs/customer ids differ} from one of the orders in "
                "capitals alone, and its rows are not that customer's. If these are the same people, set "
                "ingest.customer_ids: small_letters.",
            )


def _about_words(done: Ingested) -> Iterator[Remark]:
    """Tell of words that are none of ours: their rows are lost, and what they tell with them."""
    for table in done.tables:
        unknown = table.quarantine[table.quarantine["rule"] == "not_allowed"]
        for (column, name), rows in unknown.groupby(["column", "our_column"], sort=True):
            ours = ", ".join(table.contract.column(str(name)).allowed)
            yield Remark(
                "unknown_words",
                f"{table.contract.name}: {counted(len(rows)):row holds/rows hold} another word in {column} "
                f"than {ours}, and {'is' if len(rows) == 1 else 'are'} in quarantine. Tell under "
                f"sources.{table.contract.name}.words.{name} what the shop's words mean.",
            )


def _about_lines(done: Ingested) -> Iterator[Remark]:
    """Tell of rows that seem to be lines of orders where nothing tells which belong together."""
    if "order_id" not in done.counts["columns_off"] or (share := at_once(done.order_table)) <= MANY_AT_ONCE:
        return
    yield Remark(
        "lines_as_orders",
        f"there would be {share:.0%} fewer orders if what a customer buys at one time were one. If the rows "
        "are lines of orders, the KPIs count each as an order: map sources.orders.columns.order_id. Where "
        "there is none, churn inspect shows a query that makes one.",
    )


def _about_order_ids(done: Ingested) -> Iterator[Remark]:
    """Tell of order ids that most orders share with those of other customers."""
    policies, orders = done.counts["policies"], len(done.order_table)
    if (shared := policies.get("orders_with_such_ids", 0)) > MOST * orders:
        ids = counted(policies["order_ids_of_several_customers"])
        yield Remark(
            "shared_order_ids",
            f"{shared:,} of {counted(orders):order/orders} have one of {ids:order id/order ids} that several "
            "customers share. Numbers that begin anew, as those of tills do, are in order: what one customer "
            "buys on one day under one number is one order. If that column is of a product, a shop or a "
            "day, map the one of the order; if there is none, churn inspect shows a query that makes one.",
        )


def _about_dates(done: Ingested) -> Iterator[Remark]:
    """Tell of a few orders far from all others: they make a log of one year one of twenty."""
    empty, orders = spells(done.order_table), len(done.order_table)
    if found := lone_start(empty, orders):
        few, last, first = found
        yield Remark(
            "lone_start",
            f"{few:,} of {counted(orders):order/orders} lie before {last + timedelta(days=1)}, "
            f"more than a year before all others, which begin on {first}. If the dates are wrong, mend them "
            "or leave them out by a query (docs/bring-your-own-data.md, Tables that belong together).",
        )
    if found := lone_end(empty, orders):
        few, last, first = found
        yield Remark(
            "lone_end",
            f"{few:,} of {counted(orders):order/orders} lie on {first} or after it, "
            f"{(first - last).days} days after all others, which end on {last}: on {done.as_of} all other "
            "customers seem to be gone. If the dates are wrong, mend them or leave them out by a query, or "
            f'set as_of to "{last + timedelta(days=1)}".',
        )


def _about_changed(done: Ingested) -> Iterator[Remark]:
    """Tell of orders that a later file delivers again, but not as they were."""
    if changed := done.counts["policies"]["changed_orders"]:
        yield Remark(
            "changed_orders",
            f"{counted(changed):order comes/orders come} again in a later file, at the same time with other "
            "lines or amounts: all lines are summed. That is right where files share the lines of an order. "
            "Where the later file corrects the earlier one, read each order from its last file alone: "
            "docs/bring-your-own-data.md, Tables that belong together.",
        )


def _about_equal_rows(done: Ingested) -> Iterator[Remark]:
    """Tell of rows and orders that stand in the log twice and count twice."""
    policies, rows = done.counts["policies"], done.counts["accepted_rows"]
    equal = policies["equal_rows"] - policies["duplicates"]
    more_than_by_chance = max(FEWEST_DOUBLED, DOUBLED_SHARE * len(done.order_table))
    if (
        equal
        and "order_id" in done.counts["columns_off"]
        and ((again := policies["equal_rows_in_another_file"]) >= more_than_by_chance)
    ):
        yield Remark(
            "files_overlap",
            f"{again:,} of {counted(rows):row/rows} equal one of an earlier file in all mapped columns, and "
            "count. If the files overlap, map sources.orders.columns.order_id: an order that comes again "
            "then counts once. Without such a column set ingest.duplicates: drop_exact.",
        )
    elif (doubled := policies["doubled_orders"]) >= more_than_by_chance:
        yield Remark(
            "doubled_orders",
            f"{counted(doubled):order stands/orders stand} in the log twice or more, with every line, and "
            "count as often. If the file was put together of exports that overlap, set ingest.duplicates: "
            "drop_exact.",
        )
    elif equal > MANY_EQUAL * rows:
        yield Remark(
            "equal_rows",
            f"{equal:,} of {counted(rows):row/rows} equal an earlier one in all mapped columns, and count. "
            "That is right if a row stands for one piece, or for a product that no column tells: map "
            "product_id. If the file holds rows twice, set ingest.duplicates: drop_exact.",
        )


def _about_small_amounts(done: Ingested) -> Iterator[Remark]:
    """Tell of amounts of which rounding to cents leaves little."""
    median = done.counts["outliers"]["median_order"]
    if median is not None and median < SMALL:
        yield Remark(
            "small_amounts",
            f"half of the orders are worth {median:.2g} or less, and results are rounded to 0.01: most of "
            "what they say is lost. If the amounts are scaled, or are thousands, multiply them by a query, "
            "such as SELECT * REPLACE (1000 * price::DOUBLE AS price) FROM read_csv('data/raw/orders.csv', "
            "all_varchar = true): docs/bring-your-own-data.md, Tables that belong together.",
        )


def _about_states(done: Ingested, cancelled: Sequence[str]) -> Iterator[Remark]:
    """Tell where a log has states, and none of an order that came to nothing."""
    if cancelled and "status" not in done.counts["columns_off"] and not done.counts["policies"]["cancelled"]:
        yield Remark(
            "none_cancelled",
            "no order has one of the states of ingest.cancelled_status. If some came to nothing, the shop "
            "has another word for that: churn inspect lists the states.",
        )


def _about_returns(done: Ingested, policy: str) -> Iterator[Remark]:
    """Tell of returns that take nothing off, as no order is found for them."""
    given_back = done.returns
    lost = given_back[given_back["matched_by"] == "none"]
    of_one = int(lost["customer_key"].value_counts().max()) if len(lost) else 0
    if of_one >= max(FEWEST_LOST, MANY_LOST * len(given_back)):
        yield Remark(
            "lost_returns",
            f"{of_one:,} of {counted(len(given_back)):return/returns} are of one customer with no order to "
            "take them from: spend is too high. If that is the shop itself, find the buyer by the order: "
            "docs/bring-your-own-data.md, Tables that belong together.",
        )
    elif len(lost) >= FEWEST_LOST:
        lost = _after_first_order(lost, done)
        money, of = (-float(frame["amount"].sum()) for frame in (lost, given_back))
        helps = "Give returns the number of the order they are of, or map product_id."
        if policy == "net_by_day":
            helps = "ingest.returns: match looks for orders of earlier days as well."
        if len(lost) >= FEWEST_LOST and money >= MUCH_LOST * of:
            yield Remark(
                "unmatched_returns",
                f"{len(lost):,} of {counted(len(given_back)):return/returns}, {money:,.0f} of {of:,.0f}, are "
                "of customers who had ordered, fit none of their orders, and take nothing off: where what "
                f"was given back had been bought in this log, spend is too high by that. {helps}",
            )


def _after_first_order(returns: pd.DataFrame, done: Ingested) -> pd.DataFrame:
    """Leave out the returns of who had not ordered before: their orders are older than the log."""
    theirs = pc.is_in(
        done.order_table["customer_key"], pa.array(returns["customer_key"].unique(), pa.string())
    )
    orders = frame_of(done.order_table.select(["customer_key", "ordered_at"]).filter(theirs))
    first = orders.groupby("customer_key", observed=True)["ordered_at"].min()
    return returns[returns["returned_at"].to_numpy() >= first.reindex(returns["customer_key"]).to_numpy()]
