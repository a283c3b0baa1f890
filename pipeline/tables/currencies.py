"""One currency for all amounts: the reporting currency, by the rate of the day."""

from __future__ import annotations

from pathlib import Path

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables import amounts, dates
from pipeline.tables.reference import reading, refuse
from pipeline.tables.spec import RateSource

PACKAGE = "pipeline.tables"
WHERE = "sources.exchange_rates"
SHOWN = 5

WRONG_RATES = """
    SELECT file_no, line, 'not a date' AS problem FROM rates WHERE day IS NULL
    UNION ALL
    SELECT file_no, line, 'no currency' FROM rates WHERE currency = ''
    UNION ALL
    SELECT file_no, line, 'not a rate above zero' FROM rates WHERE rate IS NULL OR rate <= 0
    UNION ALL
    SELECT file_no, line, 'the second rate of the currency on that day' FROM rates
    QUALIFY row_number() OVER (PARTITION BY day, currency ORDER BY file_no, line) > 1"""


def price(con: Connection, mapped: bool, currency: str | None, rates: RateSource | None, root: Path) -> None:
    """Make the view ``priced``: the rows of ``linked``, each with the ``rate`` to the reporting currency.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    mapped : bool
        Whether the source has a currency column; if not, all amounts are in the reporting currency.
    currency : str, optional
        The reporting currency.
    rates : RateSource, optional
    root : Path
        The project's folder.

    Raises
    ------
    UserError
        If amounts are in other currencies and there are no rates, or a rate cannot be used.
    """
    if not mapped:
        duck.run(con, "CREATE VIEW priced AS SELECT *, 1 AS rate FROM linked", name="priced")
        duck.run(con, "CREATE MACRO in_reporting_currency(written, rate) AS written", name="conversion")
        return
    if rates is None:
        _only(con, currency)
        duck.run(con, "CREATE TABLE rates (day DATE, currency VARCHAR, rate DECIMAL(18, 8))", name="rates")
    else:
        _read_rates(con, rates, root)
    sql = duck.sql_file(PACKAGE, "sql/priced.sql").replace("$currency", f"'{currency}'")
    duck.run(con, sql, name="priced")
    converted = "TRY_CAST(written * rate AS DECIMAL(18, 4))"
    duck.run(con, f"CREATE MACRO in_reporting_currency(written, rate) AS {converted}", name="conversion")


def _only(con: Connection, currency: str | None) -> None:
    """Raise if there are amounts in another currency than the reporting one."""
    found = "SELECT DISTINCT upper(currency) AS code FROM linked WHERE currency <> '' ORDER BY code"
    others = [code for (code,) in duck.run(con, found, name="currencies").fetchall() if code != currency]
    if others:
        shown = ", ".join(others[:SHOWN]) + (" …" if len(others) > SHOWN else "")
        raise UserError(
            f"there are amounts in {shown}, the report is in {currency}: what is one of them worth?",
            where=WHERE,
            valid="a table of day, currency and rate, or another report.currency if all are in one",
        )


def _read_rates(con: Connection, spec: RateSource, root: Path) -> None:
    columns = {"day": spec.columns.day, "currency": spec.columns.currency, "rate": spec.columns.rate}
    with reading(spec, columns, root, WHERE) as (other, raw):
        dates.define(other, dates.choose(other, "day", spec.date_format, f"{WHERE}.date_format"))
        duck.run(other, duck.sql_file(PACKAGE, "sql/amounts.sql"), name="amounts")
        sign = amounts.choose(other, "SELECT rate AS amount FROM raw", spec.decimal, WHERE)
        duck.run(
            other,
            f"""CREATE TABLE rates AS
                SELECT file_no, line, CAST(read_date(day) AS DATE) AS day, upper(currency) AS currency,
                       TRY_CAST({amounts.VALUES[sign]} AS DECIMAL(18, 8)) AS rate
                FROM (SELECT *, number_text(rate) AS number FROM raw)""",
            name="rates",
        )
        refuse(other, raw, WRONG_RATES, f"{WHERE}.path")
        rates = duck.arrow(other, "SELECT day, currency, rate FROM rates ORDER BY ALL", name="rates")
    duck.register(con, "rates", rates)
