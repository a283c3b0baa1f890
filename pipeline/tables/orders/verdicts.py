"""Every visible row of the order log judged: whose it is, what it is worth, the first rule it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import accounting, amounts
from pipeline.tables.columns import repeated
from pipeline.tables.orders import currencies
from pipeline.tables.orders.dated import hide, plain_times
from pipeline.tables.orders.policies import Policies
from pipeline.tables.orders.reference import Lookup
from pipeline.tables.rules import LEFT_OUT, RULES
from pipeline.tables.sources.raw import PlainReader, fill
from pipeline.tables.sources.readers import NUMBERS, Raw
from pipeline.tables.sources.spec import OrderSource, order_columns, title

PACKAGE = "pipeline.tables.orders"
VERDICT = ("paid", "rule", "left_out")
MADE_INTO_ORDERS = (*VERDICT, "customer_no", "ordered_at", "order_id", "product_id", "channel", "only_line")


def prepare(
    con: Connection,
    spec: OrderSource,
    policies: Policies,
    root: Path,
    max_quarantine_share: float,
) -> list[Lookup]:
    """Make what the rows are judged by; return what became of the exchange rates."""
    lookups: list[Lookup] = []
    rates = None
    has_currency = spec.columns.currency is not None
    if policies.exchange_rates and has_currency:
        rates, found = currencies.read_rates(policies.exchange_rates, root, max_quarantine_share)
        lookups.append(found)
    # Names as numbers, which take little room in every row.
    for kind, names in (("rule", [rule.name for rule in RULES]), ("left_out", LEFT_OUT)):
        listed = ", ".join(f"'{name}'" for name in names)
        duck.run(con, f"CREATE TYPE {kind} AS ENUM ({listed})", name=kind)
    amounts.define_macros(con)
    duck.run(con, duck.sql_file(PACKAGE, "sql/flags.sql"), name="flags")
    currencies.prepare(con, has_currency, policies.currency, rates)
    return lookups


def plain_readers(spec: OrderSource, until: datetime | None) -> Mapping[str, PlainReader]:
    """Tell which columns of an order log may be read as values at once.

    How amounts are written is decided over the rows before the as-of date, and over prices and quantities
    together.
    """
    readers: dict[str, PlainReader] = {}
    if spec.date_format == "auto":
        readers["ordered_at"] = plain_times
    if until is None and spec.decimal != "," and len(_numbers(spec)) == 1:
        readers["amount"] = amounts.surely_plain
    return readers


def read_plain(
    spec: OrderSource, raw: Raw, seen: pa.ChunkedArray | None
) -> Mapping[str, pa.ChunkedArray] | None:
    """Read the columns of numbers of the rows seen, where all are plainly written; None for any others."""
    if pa.types.is_decimal(raw.rows["amount"].type):
        return {"amount": raw.rows["amount"]}  # by `plain_readers`
    texts = raw.rows.select(_numbers(spec))
    texts = texts if seen is None else texts.filter(seen)
    plain = amounts.read_plain(texts.columns, _given(spec, raw))
    return dict(zip(texts.column_names, plain, strict=True)) if plain else None


def _numbers(spec: OrderSource) -> list[str]:
    return ["amount", "quantity"] if spec.columns.unit_price is not None else ["amount"]


def _given(spec: OrderSource, raw: Raw) -> str:
    """Return the decimal sign if it is not to be guessed, else "auto"."""
    return "." if all(raw.typed_as(NUMBERS, column) for column in _numbers(spec)) else spec.decimal


def judge(
    con: Connection,
    spec: OrderSource,
    raw: Raw,
    plain: Mapping[str, pa.ChunkedArray] | None,
    now: datetime,
    policies: Policies,
    where: str,
) -> tuple[Raw, str]:
    """Make ``judged``: ``visible`` with what was `paid`, the `rule` it breaks and why it is `left_out`.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    spec : OrderSource
    raw : Raw
        Of ``visible``.
    plain : mapping of column to pyarrow.ChunkedArray, optional
        From `read_plain`.
    now : datetime
    policies : Policies
    where : str

    Returns
    -------
    Raw
        Of ``judged``. The texts of the rows stay where they are: to copy them takes longer than to judge.
    str
        The decimal sign, which is decided over the visible rows.
    """
    raw, decimal = _value(con, spec, raw, plain, policies, where)
    decided = {
        "now": now,
        "cancelled": list(policies.cancelled_status),
        "anonymous_left_out": policies.missing_customer_id == "leave_out",
    }
    statement = duck.sql_file(PACKAGE, "sql/judged.sql")
    rows = raw.rows
    if pa.types.is_decimal(rows["amount"].type) and not (spec.columns.unit_price or spec.columns.currency):
        # What was written was paid, and few rows are not simply accepted.
        odd = "SELECT place, rule, left_out FROM verdicts WHERE rule IS NOT NULL OR left_out IS NOT NULL"
        verdicts = duck.arrow(con, f"WITH verdicts AS ({statement}) {odd}", decided, name="judged")
        rows = rows.append_column("paid", rows["amount"])
        for name in ("rule", "left_out"):
            rows = rows.append_column(name, _at(verdicts["place"].to_numpy(), verdicts[name], len(rows)))
        return _registered(con, raw, rows), decimal
    verdicts = duck.arrow(con, statement, decided, name="judged")
    places = verdicts["place"].to_numpy()
    if (places[1:] < places[:-1]).any():  # a join has no order
        verdicts = verdicts.take(pa.array(np.argsort(places)))
    for name in VERDICT:
        rows = rows.append_column(name, verdicts[name])
    return _registered(con, raw, rows), decimal


def _value(
    con: Connection,
    spec: OrderSource,
    raw: Raw,
    plain: Mapping[str, pa.ChunkedArray] | None,
    policies: Policies,
    where: str,
) -> tuple[Raw, str]:
    """Make ``valued``; return the rows, with amounts in place of plain texts, and the decimal sign."""
    per_unit = spec.columns.unit_price is not None
    if plain:
        rows = raw.rows.set_column(raw.rows.column_names.index("amount"), "amount", plain["amount"])
        if per_unit:
            # "1" and "1.0" are one number, and two texts.
            rows = rows.append_column("units", plain["quantity"])
        raw = replace(raw, rows=rows)
        duck.register(con, "visible_rows", rows)
        fill(con, "visible", raw.columns)
    currencies.price(con, spec.columns.currency is not None, policies.currency)
    if plain:
        amounts.value_plain(con, per_unit=per_unit)
        return raw, "."
    texts = " UNION ALL ".join(f"SELECT {column} AS amount FROM visible" for column in _numbers(spec))
    decimal = amounts.choose(con, texts, _given(spec, raw), where)
    amounts.value(con, per_unit=per_unit)
    return raw, decimal


def _at(places: npt.NDArray[np.int64], words: pa.ChunkedArray, length: int) -> pa.Array | pa.ChunkedArray:
    """Spread words, as numbers of a dictionary, over a column that is empty elsewhere."""
    if not len(places):
        return repeated(pa.scalar(None, words.type), length)
    given = words.combine_chunks()
    numbers, missing = np.zeros(length, np.uint8), np.ones(length, dtype=bool)
    numbers[places], missing[places] = given.indices.fill_null(0), given.is_null()
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=missing), given.dictionary)


def accepted(judged: pa.Table) -> pa.ChunkedArray:
    """Tell which rows of ``judged`` are accepted and left in."""
    return pc.and_(pc.is_null(judged["rule"]), pc.is_null(judged["left_out"]))


def leave_out(con: Connection, judged: Raw, places: npt.NDArray[np.int64], policy: str) -> Raw:
    """Mark in ``judged`` the rows at some places as left out by a policy."""
    if not len(places):
        return judged
    chosen = np.zeros(len(judged.rows), dtype=bool)
    chosen[places] = True
    left_out = pc.if_else(pa.array(chosen), policy, judged.rows["left_out"].cast(pa.string()))
    at = judged.rows.column_names.index("left_out")
    return _registered(con, judged, judged.rows.set_column(at, "left_out", left_out))


def let_go(con: Connection, judged: Raw) -> Raw:
    """Keep of ``judged`` what orders are made of; all other texts of the log leave the memory.

    Makes ``left_out_rows``, the few that a policy left out: to find them takes a pass over all.
    """
    left_out = judged.rows.select(["customer_no", "left_out"])
    duck.register(con, "left_out_rows", left_out.filter(pc.is_valid(left_out["left_out"])))
    names = [name for name in judged.rows.column_names if name in MADE_INTO_ORDERS]
    for name in ("dated_rows", "visible_rows"):
        con.unregister(name)
    return _registered(con, judged, judged.rows.select(names))


def _registered(con: Connection, judged: Raw, rows: pa.Table) -> Raw:
    duck.register(con, "judged_rows", rows)
    fill(con, "judged", judged.columns)
    return replace(judged, rows=rows)


def kept(rows: pa.Table, chosen: pa.ChunkedArray) -> pa.Table:
    """Return the rows that are chosen, without a copy where all are."""
    return rows if pc.all(chosen).as_py() else rows.filter(chosen)


def accepted_days(spec: OrderSource, judged: Raw, where: str) -> tuple[date, date]:
    """Return the first and the last day with an accepted row.

    Raises
    ------
    UserError
        If there is none.
    """
    times = kept(judged.rows.select(["ordered_at"]), accepted(judged.rows))["ordered_at"]
    if not len(times):
        raise UserError(f"{title(spec)} has no row that can be used", where=f"{where}.path")
    days = pc.min_max(times)
    return days["min"].as_py().date(), days["max"].as_py().date()


def check_as_of(
    con: Connection,
    spec: OrderSource,
    raw: Raw,
    until: datetime,
    now: datetime,
    policies: Policies,
    where: str,
) -> None:
    """Raise unless the as-of date lies within the log: after its first day, at most a day after its last."""
    inside = """
        SELECT count(*) FILTER (WHERE ordered_at < $until) > 0
           AND count(*) FILTER (WHERE ordered_at >= $until - INTERVAL 1 DAY) > 0
        FROM dated WHERE ordered_at BETWEEN TIMESTAMP '1970-01-02' AND $now"""
    [(within,)] = duck.run(con, inside, {"until": until, "now": now}, name="as_of").fetchall()
    if within:
        return
    dated = replace(raw, rows=duck.arrow(con, "FROM dated_rows", name="dated"))
    judged, _ = judge(con, spec, hide(con, dated, None), read_plain(spec, dated, None), now, policies, where)
    first, last = (day + timedelta(days=1) for day in accepted_days(spec, judged, where))
    raise UserError(
        f"{until:%Y-%m-%d} is outside the log, which can be seen as of {first} to {last}",
        where="as_of",
        valid=f"latest, or a date such as {last}",
    )


def quarantine(con: Connection, spec: OrderSource, judged: Raw, read_as: Mapping[str, str]) -> pd.DataFrame:
    """Return every row that was not accepted, by the contract QUARANTINE."""
    names = order_columns(spec)
    rules = pd.DataFrame(
        {
            "rule": [rule.name for rule in RULES],
            "role": pd.Series([rule.role for rule in RULES], dtype="str"),
            "named": pd.Series([names[rule.role] if rule.role else None for rule in RULES], dtype="str"),
            "reason": [rule.reason.format(**read_as) for rule in RULES],
        }
    )
    duck.register(con, "rules", rules)
    duck.register(con, "broken_rows", judged.rows.filter(pc.is_valid(judged.rows["rule"])))
    fill(con, "broken", judged.columns)
    return accounting.quarantine(con, judged, duck.sql_file(PACKAGE, "sql/quarantine.sql"))
