"""How amounts are written: the decimal sign is decided over the whole column, money never passes a float.

More than four decimals round half away from zero, as shops round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.parallel import on_all_cores

EXPONENT = "([eE][+-]?\\d{1,2})?"
# A number by each decimal sign: digits alone, or in groups of three that do not start with 0; or as in India,
# where 12,34,567 is 1234567.
SHAPES = {
    ".": rf"[+-]?((\d+|[1-9]\d{{0,2}}([, '']\d{{3}})+|[1-9]\d?(,\d{{2}})+,\d{{3}})(\.\d*)?|\.\d+){EXPONENT}",
    ",": rf"[+-]?((\d+|[1-9]\d{{0,2}}([. '']\d{{3}})+)(,\d*)?|,\d+){EXPONENT}",
}
VALUES = {
    ".": "replace(replace(replace(number, ',', ''), ' ', ''), '''', '')",
    ",": "replace(replace(replace(replace(number, '.', ''), ' ', ''), '''', ''), ',', '.')",
}
# The same without groups of digits, as most amounts are written: cheap to read; NULL where it does not apply.
PLAIN_VALUES = {".": "number", ",": "CASE WHEN NOT contains(number, '.') THEN replace(number, ',', '.') END"}
AMOUNT = pa.decimal64(18, 4)
SAMPLE_ROWS, FEW_ROWS = 2_000, 100
POINT_ONLY = r"\.(\d{0,2}|\d{4,})$"  # not 1.234, which is more than a thousand with a decimal comma
PLAIN_BYTES = b"+,-./0123456789"  # one after the other in ASCII; a cast refuses the comma and the slash
CURRENCIES = (
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|MXN|MYR|"
    "NGN|NOK|NZD|PEN|PHP|PLN|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
"""Codes that may stand beside an amount."""
SAME_CURRENCY = {"€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "¥": "JPY", "Fr.": "CHF", "kr.": "kr"}


def define_macros(con: Connection) -> None:
    """Give SQL the macros that read an amount."""
    macros = duck.sql_file("pipeline.tables", "sql/amounts.sql").replace("$currencies", CURRENCIES)
    duck.run(con, macros, name="amounts")


def choose(con: Connection, rows: str, given: str, where: str) -> str:
    """Choose the decimal sign that reads the most amounts, and make it the macros of ``read_amount``.

    Leaves the table ``amount_texts``, each text once.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the macros of `define_macros`.
    rows : str
        A SELECT of the texts, as ``amount``.
    given : str
        "auto", "." or ",".
    where : str
        The source's section in the parameters, for messages.

    Returns
    -------
    str
        "." or ",".

    Raises
    ------
    UserError
        If both signs read equally many amounts but as different numbers (only 1.234 and the like), or the
        amounts carry more than one currency.
    """
    # Prices repeat: the distinct texts are few, and each is looked at once.
    texts = f"SELECT amount, count(*) AS rows FROM ({rows}) GROUP BY amount"
    duck.run(con, f"CREATE OR REPLACE TEMP TABLE amount_texts AS {texts}", name="amount texts")
    _one_currency(con, where)
    sign = _best(con, where) if given == "auto" else given
    _define(con, sign)
    return sign


def _define(con: Connection, sign: str) -> None:
    """Make the macros ``is_amount`` and ``read_amount``."""
    plain, grouped = (f"TRY_CAST({values[sign]} AS DECIMAL(18, 4))" for values in (PLAIN_VALUES, VALUES))
    duck.run(
        con,
        f"CREATE OR REPLACE MACRO is_amount(number) AS regexp_full_match(number, '{SHAPES[sign]}');"
        f"CREATE OR REPLACE MACRO read_amount(number) AS coalesce({plain}, {grouped})",
        name="read_amount",
    )


def read_plain(columns: Sequence[pa.ChunkedArray], given: str) -> list[pa.ChunkedArray] | None:
    """Read columns of plain numbers that `choose` would find written with a point; None for any others.

    Parameters
    ----------
    columns : sequence of pyarrow.ChunkedArray of str
        What the decimal sign is decided over, together.
    given : str
        "auto", "." or ",".

    Returns
    -------
    list of pyarrow.ChunkedArray of decimal64(18, 4), or None
    """
    sample = [chunk for texts in columns for chunk in texts.slice(0, SAMPLE_ROWS).chunks]
    point_only = pc.match_substring_regex(pa.chunked_array(sample, pa.string()), POINT_ONLY)
    if given == "," or not pc.any(point_only).as_py():
        return None
    read = [on_all_cores(plain_amounts, texts.chunks) for texts in columns]
    if any(block is None for blocks in read for block in blocks):
        return None
    return [pa.chunked_array(blocks, AMOUNT) for blocks in read]


def surely_plain(texts: pa.StringArray) -> pa.Array | None:
    """Read a block of amounts that are written with a point, as some of its own show; None for any other."""
    point_only = pc.match_substring_regex(texts.slice(0, FEW_ROWS), POINT_ONLY)
    return plain_amounts(texts) if pc.any(point_only).as_py() else None


def plain_amounts(texts: pa.StringArray) -> pa.Array | None:
    """Read a block of amounts that are digits, a sign and a point as SQL would; None for any other block."""
    _, offsets, content = texts.buffers()
    first, last = np.frombuffer(offsets, np.int32)[[texts.offset, texts.offset + len(texts)]]
    used = np.frombuffer(content or b"", np.uint8)[first:last]
    if not len(used) or (PLAIN_BYTES[0] <= used.min() and used.max() <= PLAIN_BYTES[-1]):
        try:
            return texts.cast(AMOUNT)
        except pa.ArrowInvalid:
            pass  # one of them is empty, no number, too large or has too many decimals
    return None


def value_plain(con: Connection, *, per_unit: bool) -> None:
    """Make the view ``valued`` where `amount`, and `units` if it is that of one, are read already."""
    _define(con, ".")
    values = "of_units(amount, units) AS written" if per_unit else "1 AS units, amount AS written"
    # A value is missing only where it is out of range: that it was a number is all that is asked of its text.
    rows = f"SELECT *, '0' AS number, {values} FROM priced"
    duck.run(con, f"CREATE OR REPLACE VIEW valued AS {rows}", name="valued")


def value(con: Connection, *, per_unit: bool) -> None:
    """Make the view ``valued``: ``priced`` with `number`, the bare text, `units`, and `written`, the value.

    Where a cast reads every text as what it says, each row is cast: looking up texts takes twice the time.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    per_unit : bool
        Whether an amount is the price of one of the `quantity` units of its row.
    """
    duck.run(con, duck.sql_file("pipeline.tables", "sql/amounts_read.sql"), name="amounts read")
    others = """
        SELECT 1 FROM amounts
        WHERE written IS NULL OR TRY_CAST(amount AS DECIMAL(18, 4)) IS DISTINCT FROM written LIMIT 1"""
    source, number = "priced", "amount"
    price, units = "CAST(amount AS DECIMAL(18, 4))", "CAST(quantity AS DECIMAL(18, 4))"
    if duck.run(con, others, name="amounts to look up").fetchall():
        source += " JOIN amounts AS prices ON prices.amount = priced.amount"
        number, price, units = "prices.number", "prices.written", "quantities.written"
        if per_unit:
            source += " JOIN amounts AS quantities ON quantities.amount = priced.quantity"
    units, written = (units, f"of_units({price}, {units})") if per_unit else ("1", price)
    rows = f"SELECT priced.*, {number} AS number, {units} AS units, {written} AS written FROM {source}"
    duck.run(con, f"CREATE OR REPLACE VIEW valued AS {rows}", name="valued")


def _best(con: Connection, where: str) -> str:
    point, comma = (f"regexp_full_match(number, '{SHAPES[sign]}')" for sign in ".,")
    counts = f"""
        SELECT coalesce(sum(rows) FILTER (WHERE {point}), 0), coalesce(sum(rows) FILTER (WHERE {comma}), 0),
               coalesce(sum(rows) FILTER (WHERE {point} AND {comma} AND regexp_matches(number, '[.,]')), 0)
        FROM (SELECT number_text(amount) AS number, rows FROM amount_texts)"""
    [(points, commas, undecided)] = duck.run(con, counts, name="decimal sign").fetchall()
    if points == commas and undecided:
        raise UserError(
            f"{undecided} amounts look like 1.234 or 1,234: is that one and a bit, or more than a thousand?",
            where=f"{where}.decimal",
            valid='"." if 1.234 is a bit more than one, "," if it is more than a thousand',
        )
    return "," if commas > points else "."


def _one_currency(con: Connection, where: str) -> None:
    distinct = "SELECT DISTINCT currency_mark(amount) AS mark FROM amount_texts ORDER BY mark"
    found = duck.run(con, distinct, name="currencies").fetchall()
    marks = sorted({SAME_CURRENCY.get(mark, mark) for (mark,) in found if mark})
    if len(marks) > 1:
        raise UserError(
            f"the amounts are in more than one currency: {', '.join(marks)}",
            where=f"{where}.columns.amount",
            valid="a column in one currency",
        )
