"""One currency for all amounts: the reporting currency, by the rate of the day."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import amounts, dates
from pipeline.tables.orders.reference import Lookup, reading, settle
from pipeline.tables.rules import Rule
from pipeline.tables.sources.spec import RateSource

PACKAGE = "pipeline.tables.orders"
WHERE = "sources.exchange_rates"
SHOWN = 5
CODE = re.compile("[A-Z]{3}")

RATE_RULES = (
    Rule("unreadable_date", "day", "Not a date in the format of the column."),
    Rule("missing_currency", "currency", "No currency."),
    Rule("unreadable_rate", "rate", "Not a rate above zero."),
    Rule("two_rates", "rate", "Another row has another rate of that currency on that day."),
)
WRONG_RATES = """
    SELECT file_no, line, 'unreadable_date' AS rule, day_text AS text FROM typed WHERE day IS NULL
    UNION ALL
    SELECT file_no, line, 'missing_currency', '' FROM typed WHERE currency = ''
    UNION ALL
    SELECT file_no, line, 'unreadable_rate', rate_text FROM typed WHERE rate IS NULL OR rate <= 0
    UNION ALL
    SELECT file_no, line, 'two_rates', rate_text FROM typed
    WINDOW same AS (PARTITION BY day, currency)
    QUALIFY min(rate) OVER same < max(rate) OVER same"""


def read_rates(spec: RateSource, root: Path, max_share: float) -> tuple[pa.Table, Lookup]:
    """Read what one unit of a currency is worth on which day.

    Returns
    -------
    pyarrow.Table
        `day`, `currency`, `rate` with 8 decimals.
    Lookup

    Raises
    ------
    UserError
        For a table that cannot be read or too many rows in quarantine.
    """
    columns = {"day": spec.columns.day, "currency": spec.columns.currency, "rate": spec.columns.rate}
    with reading(spec, columns, root, WHERE) as (con, raw):
        days = "SELECT 1 FROM raw WHERE day <> '' LIMIT 1"
        chosen = dates.ISO
        if duck.run(con, days, name="days").fetchall():
            chosen = dates.choose(con, "day", spec.date_format, f"{WHERE}.date_format")
        dates.define(con, chosen)
        amounts.define_macros(con)
        sign = amounts.choose(con, "SELECT rate AS amount FROM raw", spec.decimal, WHERE)
        duck.run(
            con,
            f"""CREATE TABLE typed AS
                SELECT file_no, line, CAST(read_date(day) AS DATE) AS day, day AS day_text, rate AS rate_text,
                       upper(currency) AS currency, TRY_CAST({amounts.VALUES[sign]} AS DECIMAL(18, 8)) AS rate
                FROM (SELECT *, number_text(rate) AS number FROM raw)""",
            name="typed",
        )
        found = settle(con, raw, "exchange_rates", WRONG_RATES, "day, currency", RATE_RULES, max_share)
        accepted = "SELECT day, currency, rate FROM accepted ORDER BY ALL"
        return duck.arrow(con, accepted, name="rates"), found


def prepare(con: Connection, mapped: bool, currency: str | None, rates: pa.Table | None) -> None:
    """Make what amounts are converted by.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    mapped : bool
        Whether the source has a currency column; if not, all amounts are in the reporting currency.
    currency : str, optional
        The reporting currency.
    rates : pyarrow.Table, optional
        From `read_rates`.

    Raises
    ------
    UserError
        If amounts are in other currencies and there are no rates.
    """
    if not mapped:
        duck.run(con, "CREATE MACRO in_reporting_currency(written, rate) AS written", name="conversion")
        return
    if rates is None:
        _only(con, currency)
        duck.run(con, "CREATE TABLE rates (day DATE, currency VARCHAR, rate DECIMAL(18, 8))", name="rates")
    else:
        duck.register(con, "rates", rates)
    # Two decimals of 18 digits would be multiplied as one of 18, with an error where it has not room enough.
    converted = "TRY_CAST(written::DECIMAL(38, 4) * rate AS DECIMAL(18, 4))"
    duck.run(con, f"CREATE MACRO in_reporting_currency(written, rate) AS {converted}", name="conversion")


def price(con: Connection, mapped: bool, currency: str | None) -> None:
    """Make the view ``priced``: ``visible`` with the ``rate`` of each row and the ``order_rate``."""
    sql = "CREATE OR REPLACE VIEW priced AS SELECT *, 1 AS rate, NULL AS order_rate FROM visible"
    if mapped:
        sql = duck.sql_file(PACKAGE, "sql/priced.sql").replace("$currency", f"'{currency}'")
    duck.run(con, sql, name="priced")


def _only(con: Connection, currency: str | None) -> None:
    """Raise if there are amounts in another currency than the reporting one."""
    found = "SELECT DISTINCT upper(currency) AS code FROM visible WHERE currency <> '' ORDER BY code"
    others = [code for (code,) in duck.run(con, found, name="currencies").fetchall() if code != currency]
    if others:
        if not all(map(CODE.fullmatch, others)):
            # Of a wrong column a value may be personal data, which no message repeats.
            raise UserError(
                "the column holds other values than codes of currencies",
                where="sources.orders.columns.currency",
                valid="a column with codes such as EUR, or null if all amounts are in report.currency",
            )
        shown = ", ".join(others[:SHOWN]) + (" …" if len(others) > SHOWN else "")
        raise UserError(
            f"there are amounts in {shown}, the report is in {currency}: what is one of them worth?",
            where=WHERE,
            valid="a table of day, currency and rate, or another report.currency if all are in one",
        )
