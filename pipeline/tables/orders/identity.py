"""Whose a row is: ids that are one customer, and ids that are none."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.contracts import Contract
from pipeline.tables.orders.numbers import Numbered, hashed, number
from pipeline.tables.orders.policies import FILE, CustomerIds, Policies
from pipeline.tables.orders.reference import Lookup, reading, settle
from pipeline.tables.parallel import taken
from pipeline.tables.rules import Rule
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.spec import IdMapSource, TableSource

PACKAGE = "pipeline.tables.orders"
NOT_CUSTOMERS = ("test", "employee")
# A number, and what spreadsheets and programs take from it or add to it.
NUMBER, DRESSED_NUMBER = r"^0*(\d+?)(\.0)?$", r"^0\d+(\.0)?$|^\d+\.0$"
SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+\d+$"
NOBODY = (
    r"guest|gast|walk-?in|laufkund(e|schaft)|bar(verkauf)?|cash|unknown|unbekannt|anonym(ous)?|dummy|"
    r"test[-_. ]?(kunde|konto|user|customer|account|\d{1,3})?|(test|demo|dummy)[-_.]?\d*@.+"
)

# Of customers' ids alone: what else the table says is read, judged and written as docs/tables.md describes.
TEST_ACCOUNTS = """
    SELECT DISTINCT {customer_id} AS customer_id FROM raw
    WHERE customer_id <> ''
      AND (is_set(is_test) OR lower(account_type) IN (SELECT lower(word) FROM not_customers))
    ORDER BY customer_id"""

NO_LINKS = pa.table({"from_id": pa.array([], pa.string()), "customer_id": pa.array([], pa.string())})
LINK_RULES = (
    Rule("missing_id", "from_id", "An id is empty."),
    Rule("two_customers", "from_id", "The id stands for two customers."),
    Rule("leads_on", "customer_id", "The id it leads to leads on to another: a chain or a cycle."),
)
WRONG_LINKS = """
    SELECT file_no, line, 'missing_id' AS rule, '' AS text FROM typed WHERE from_id = '' OR customer_id = ''
    UNION ALL
    SELECT typed.file_no, typed.line, 'two_customers', from_id
    FROM typed JOIN typed AS other USING (from_id)
    WHERE typed.customer_id <> other.customer_id
    UNION ALL
    SELECT typed.file_no, typed.line, 'leads_on', typed.customer_id
    FROM typed JOIN typed AS next ON next.from_id = typed.customer_id
    WHERE typed.from_id <> typed.customer_id AND next.customer_id <> next.from_id"""


def in_small_letters(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ids without capitals: `spelling`, outside of SQL."""
    return pc.utf8_lower(ids)


def spelling(column: str, spelled: CustomerIds) -> str:
    """Write in SQL what of a column of customers' ids tells them apart."""
    return f"lower({column})" if spelled == "small_letters" else column


def alike(ids: pa.ChunkedArray) -> int:
    """Count the ids, each there once, that capitals alone tell from another one."""
    if pc.all(pc.string_is_ascii(ids)).as_py() and ids.equals(pc.ascii_upper(ids)):
        return 0  # there are no small letters; to look for equal ones takes far longer than this
    small = in_small_letters(ids)
    return 0 if ids.equals(small) else len(ids) - len(small.unique())


def alike_numbers(ids: pa.ChunkedArray) -> int:
    """Count the ids, each there once, that leading zeros or a ".0" alone tell from another one."""
    if not pc.any(pc.match_substring_regex(ids, DRESSED_NUMBER)).as_py():
        return 0
    return len(ids) - len(pc.replace_substring_regex(ids, NUMBER, r"\1").unique())


def nobodies(ids: pa.ChunkedArray) -> int:
    """Count the ids that are a word for nobody, or for a test."""
    return pc.sum(pc.match_substring_regex(ids, f"^({NOBODY})$", ignore_case=True)).as_py() or 0


def read_links(
    id_map: IdMapSource | None, root: Path, max_share: float, spelled: CustomerIds
) -> tuple[pa.Table, list[Lookup]]:
    """Read which id goes by which other, if there is a map.

    An id that leads to two customers, or to one that leads on, goes to quarantine and stays as it is.

    Returns
    -------
    pyarrow.Table
        `from_id`, `customer_id`.
    list of Lookup
        What became of the map.

    Raises
    ------
    UserError
        For a table that cannot be read or too many rows in quarantine.
    """
    if id_map is None:
        return NO_LINKS, []
    columns = {"from_id": id_map.columns.from_id, "customer_id": id_map.columns.customer_id}
    with reading(id_map, columns, root, "sources.id_map") as (con, raw):
        ids = ", ".join(f"{spelling('raw.' + name, spelled)} AS {name}" for name in columns)
        duck.run(con, f"CREATE VIEW typed AS SELECT * REPLACE ({ids}) FROM raw", name="typed")
        found = settle(con, raw, "id_map", WRONG_LINKS, "from_id", LINK_RULES, max_share)
        accepted = "SELECT from_id, customer_id FROM accepted ORDER BY ALL"
        return duck.arrow(con, accepted, name="links"), [found]


def link(con: Connection, contract: Contract, links: pa.Table, spelled: CustomerIds) -> None:
    """Put every id of a customer, in ``raw`` of an optional table, under the id the customer goes by.

    Where a row is a customer, one row has to stand for them: that of their own id, else the first of their
    accounts or spellings. The others keep their ids, which nobody orders under.
    """
    of_customers = [column.name for column in contract.columns if column.entity == "customer"]
    if not of_customers or not (links.num_rows or spelled == "small_letters"):
        return
    duck.register(con, "links", links)
    # Only a table can be updated, and raw is a view.
    ids = ", ".join(f"{_spelled(name, contract, spelled)} AS {name}" for name in of_customers)
    own = (
        f"CREATE TABLE own AS SELECT * REPLACE ({ids}) FROM raw; DROP VIEW raw; ALTER TABLE own RENAME TO raw"
    )
    duck.run(con, own, name="raw")
    for name in of_customers:
        chosen = "links"
        if contract.primary_key == (name,):
            chosen = f"""(
                SELECT min(from_id) AS from_id, customer_id FROM links
                WHERE from_id IN (SELECT {name} FROM raw) AND customer_id NOT IN (SELECT {name} FROM raw)
                GROUP BY customer_id)"""
        update = f"""
            UPDATE raw SET {name} = of_customer.customer_id
            FROM {chosen} AS of_customer WHERE raw.{name} = of_customer.from_id"""
        duck.run(con, update, name=f"{contract.name} linked")


def _spelled(name: str, contract: Contract, spelled: CustomerIds) -> str:
    """Write in SQL how an id is spelled; where rows are customers, one spelling alone changes."""
    one_way = spelling(name, spelled)
    if one_way == name or contract.primary_key != (name,):
        return one_way
    of_alike = f"(PARTITION BY {one_way} ORDER BY {name} <> {one_way}, {name})"
    return f"CASE WHEN {name} = first_value({name}) OVER {of_alike} THEN {one_way} ELSE {name} END"


def unlinked(con: Connection) -> dict[str, int]:
    """Count the accepted rows and their ids that the id map does not know, in neither of its columns."""
    count = """
        SELECT count(*), count(DISTINCT customer_no) FROM judged JOIN customers USING (customer_no)
        WHERE rule IS NULL AND left_out IS NULL
          AND customers.customer_id NOT IN (SELECT customer_id FROM links)"""
    [(rows, ids)] = duck.run(con, count, name="unlinked").fetchall()
    return {"rows": rows, "ids": ids}


def test_accounts(customers: TableSource | None, root: Path, spelled: CustomerIds) -> pa.Table:
    """Return the ids that the customers table calls accounts of testers or employees."""
    none = pa.table({"customer_id": pa.array([], pa.string())})
    if customers is None:
        return none
    columns = {name: customers.columns.get(name) for name in ("customer_id", "is_test", "account_type")}
    if not columns["customer_id"] or not (columns["is_test"] or columns["account_type"]):
        return none
    words = customers.words.get("account_type", {})
    meaning = {*NOT_CUSTOMERS, *(word for word, ours in words.items() if ours in NOT_CUSTOMERS)}
    with reading(customers, columns, root, "sources.customers") as (con, _):
        duck.run(con, duck.sql_file(PACKAGE, "sql/flags.sql"), name="flags")
        duck.register(con, "not_customers", pa.table({"word": pa.array(sorted(meaning), pa.string())}))
        statement = TEST_ACCOUNTS.format(customer_id=spelling("customer_id", spelled))
        return duck.arrow(con, statement, name="test accounts")


def begin_to_number(
    con: Connection, raw: Raw, links: pa.Table, spelled: CustomerIds, aside: Executor
) -> Future[Numbered]:
    """Begin to number the customers, by `pipeline.tables.orders.numbers.number`."""
    ids = raw.rows["customer_id"]
    if spelled == "small_letters":
        ids = in_small_letters(ids)
    return aside.submit(number, ids, hashed(con, ids), links)


def tell_apart(
    con: Connection,
    raw: Raw,
    numbered: Numbered,
    links: pa.Table,
    accounts: pa.Table,
    policies: Policies,
    root: Path,
) -> Raw:
    """Tell whose each row is; make ``customers``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    raw : Raw
    numbered : Numbered
        From `begin_to_number`.
    links : pyarrow.Table
        From `read_links`.
    accounts : pyarrow.Table
        From `test_accounts`.
    policies : Policies
        How ids are spelled, and the ids or patterns of customers that are none.
    root : Path
        The project's folder.

    Returns
    -------
    Raw
        With `customer_no`, `missing_customer` (the id is none) and `test_account` (the customer is none) in
        place of the id: as columns, for a join in SQL takes longer.

    Raises
    ------
    UserError
        If a list of patterns is not there or is not text.
    """
    listed = [line for pattern in policies.exclude_customers for line in _lines(pattern, root)]
    patterns = pa.chunked_array([pa.array(listed, pa.string())])
    if policies.customer_ids == "small_letters":
        patterns = in_small_letters(patterns)
    duck.register(con, "numbered", numbered.customers)
    duck.register(con, "links", links)
    duck.register(con, "test_accounts", accounts)
    duck.register(con, "patterns", pa.table({"pattern": patterns}))
    duck.run(con, duck.sql_file(PACKAGE, "sql/customers.sql"), name="customers")
    marks = duck.arrow(
        con, "SELECT missing_customer, test_account FROM customers ORDER BY customer_no", name="marks"
    )
    rows = raw.rows.drop_columns("customer_id").append_column("customer_no", pa.array(numbered.of_rows))
    con.unregister("raw_rows")  # with the ids of all rows
    for mark in marks.column_names:
        marked = marks[mark].to_numpy()
        of_rows = taken(marked, numbered.of_rows) if marked.any() else np.zeros(len(rows), dtype=bool)
        rows = rows.append_column(mark, pa.array(of_rows))
    return replace(raw, rows=rows)


def no_customers(con: Connection) -> pa.Table:
    """Return, as `id`, who is in the log with rows that a policy left out and has no order there."""
    statement = """
        SELECT customer_id AS id FROM customers
        WHERE NOT missing_customer
          AND customer_no IN (SELECT customer_no FROM left_out_rows)
          AND customer_no NOT IN (SELECT customer_no FROM identities)
        ORDER BY id"""
    return duck.arrow(con, statement, name="no customers")


def _lines(pattern: str, root: Path) -> list[str]:
    """Read a list that is named by ``file:PATH``; anything else is a pattern itself."""
    if not pattern.startswith(FILE):
        return [pattern]
    path = pattern.removeprefix(FILE)
    try:
        text = (root / path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} cannot be read: {type(error).__name__}",
            where="ingest.exclude_customers",
            valid="file:data/raw/employees.txt, UTF-8, one id or pattern per line",
        ) from None
    return [line.strip() for line in normalize("NFC", text).splitlines() if line.strip()]
