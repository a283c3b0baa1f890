"""The rules of a contract as SQL: one pass over the raw rows, each with the first rule it breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.engine.quoting import literal
from pipeline.tables.contracts import Column, Contract

LONGEST_TEXT = 100
LARGEST_NUMBER = 100_000_000_000
DUPLICATE_KEY = "duplicate_key"
SLACK = timedelta(days=1)  # whatever the zone of a time without an offset
TOO_OLD = "A date before 1970, or its first day, as programs write for none."

# For each column with a list of values: the source's word to ours.
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Breach:
    """One way to break a contract: the rule, our column at fault, SQL that is true then, a sentence."""

    rule: str
    column: str
    breaks: str
    reason: str


def breaches(
    contract: Contract,
    mapped: Collection[str],
    given: Collection[str],
    read_as: Mapping[str, str],
    now: datetime,
) -> list[Breach]:
    """List what a row of a table can break, in the order in which it is judged.

    Parameters
    ----------
    contract : Contract
    mapped : collection of str
        Our names of the columns that the source has.
    given : collection of str
        The tables that references can be looked up in.
    read_as : mapping of str to str
        The date format of each time column, and "decimal".
    now : datetime
        The shop's wall clock: what binds has been said by then.

    Returns
    -------
    list of Breach
        SQL over the typed columns. With a key, the last is a key that comes with other values too.
    """
    columns = [column for column in contract.columns if column.name in mapped]
    found = [breach for column in columns for breach in _of_column(column, read_as)]
    found += [
        Breach(c.rule, c.column, f"({c.breaks})", c.reason) for c in contract.checks if c.column in mapped
    ]
    if contract.is_binding:
        later = f"{contract.event_time} > TIMESTAMP '{now + SLACK}'"
        reason = "More than a day later than the time of the run: nobody can have said that yet."
        found.append(Breach("future_date", contract.event_time, later, reason))
    for column in columns:
        if column.reference and column.reference.required and column.reference.table in given:
            reason = f"Not among the {column.reference.table}."
            found.append(Breach("unknown_reference", column.name, f"unknown_{column.name}", reason))
    if contract.primary_key:
        key = ", ".join(contract.primary_key)
        reason = f"Another row has the same {key} and other values."
        found.append(Breach(DUPLICATE_KEY, contract.primary_key[0], "FALSE", reason))
    return found


def _of_column(column: Column, read_as: Mapping[str, str]) -> Iterator[Breach]:
    name, text = column.name, f"text_{column.name}"
    if not column.nullable:
        yield Breach("missing_value", name, f"{text} IS NULL", "No value where there has to be one.")
    unread = f"{text} IS NOT NULL AND {name} IS NULL"
    if column.kind == "time":
        reason = f"Not a date in the format of the column, {read_as.get(name)}."
        yield Breach("unreadable_date", name, unread, reason)
        yield Breach("date_too_old", name, f"{name} < TIMESTAMP '1970-01-02'", TOO_OLD)
    elif column.kind == "flag":
        yield Breach(
            "unreadable_flag", name, unread, "Neither yes nor no: true, 1, yes, ja; false, 0, no, nein."
        )
    elif column.kind in ("money", "number", "count"):
        reason = f'Not a number with "{read_as["decimal"]}" as the decimal sign of the table.'
        yield Breach("unreadable_number", name, unread, reason)
        if column.kind == "count":
            yield Breach("not_whole", name, f"{name} <> floor({name})", "A number with decimals.")
        yield from _bounds(column)
    elif column.kind == "text" and column.allowed:
        values = ", ".join(f"'{value}'" for value in column.allowed)
        reason = f"Not one of {', '.join(column.allowed)}."
        yield Breach("not_allowed", name, f"{name} NOT IN ({values})", reason)
    elif column.kind == "text":
        yield Breach("email_address", name, f"holds_email({name})", "Holds an e-mail address: personal data.")
        reason = f"Longer than {LONGEST_TEXT} characters: free text may be personal data."
        yield Breach("free_text", name, f"length({name}) > {LONGEST_TEXT}", reason)


def _bounds(column: Column) -> Iterator[Breach]:
    name = column.name
    if column.minimum is not None:
        yield Breach("below_minimum", name, f"{name} < {column.minimum}", f"Less than {column.minimum}.")
    if column.maximum is not None:
        yield Breach("above_maximum", name, f"{name} > {column.maximum}", f"More than {column.maximum}.")
    else:
        reason = "100 billion or more, either way."
        yield Breach("out_of_range", name, f"abs({name}) >= {LARGEST_NUMBER}", reason)


def judged_sql(
    contract: Contract,
    rules: list[Breach],
    given: Collection[str],
    words: Words,
    until: datetime,
    *,
    anonymous_left_out: bool = False,
) -> str:
    """Return the statement that makes ``judged`` out of ``raw``.

    A row has file_no, line, hidden (at or after `until`, if not binding; or refers to what is), left_out (a
    sale to one of ``no_customers``, or to somebody unknown where these are left out), breach (the number of
    the first rule it breaks, from 0), value_class (of the text at fault), the typed columns, and, for each
    reference to a table in `given`, unknown_NAME. What became known at or after `until` is NULL before
    anything is judged.
    """
    left_out = "FALSE"
    if contract.is_of_sales:
        left_out = "coalesce(customer_id IN (SELECT id FROM no_customers), FALSE)"
        left_out += " OR text_customer_id IS NULL" if anonymous_left_out else ""
    when = "" if contract.is_binding else contract.event_time
    happened = f" OR coalesce({when} >= TIMESTAMP '{until}', FALSE)" if when else ""
    cases = " ".join(f"WHEN {rule.breaks} THEN {number}" for number, rule in enumerate(rules))
    classes = " ".join(
        f"WHEN {number} THEN value_class(coalesce(text_{rule.column}, ''))"
        for number, rule in enumerate(rules)
    )
    unknown = "".join(f", unknown_{column.name}" for column, _ in _looked_up(contract, given))
    values = ", ".join(
        f"{column.name}::BIGINT AS {column.name}" if column.kind == "count" else column.name
        for column in contract.columns
    )
    return (
        f"CREATE TABLE judged AS\nWITH {_typed_cte(contract, words)},\n"
        f"known AS ({_known_sql(contract, until)}),\n"
        f"referred AS ({_referred_sql(contract, given)}),\n"
        f"numbered AS (SELECT *, CASE {cases} END AS breach FROM referred)\n"
        f"SELECT file_no, line, hidden{happened} AS hidden, {left_out} AS left_out, breach,\n"
        f"       CASE breach {classes} END AS value_class,\n       {values}{unknown}\nFROM numbered"
    )


def _typed_cte(contract: Contract, words: Words) -> str:
    """SQL for ``typed``: each column of ``raw`` as text_NAME and, typed and in our words, as NAME."""
    texts = ", ".join(f"{_text(column)} AS {column.name}" for column in contract.columns)
    values = ", ".join(
        f"{column.name} AS text_{column.name}, {_typed(column, words.get(column.name, {}))} AS {column.name}"
        for column in contract.columns
    )
    return (
        f"texts AS (SELECT file_no, line, {texts} FROM raw),\n"
        f"typed AS (SELECT file_no, line, {values} FROM texts)"
    )


def _text(column: Column) -> str:
    return f"given_key({column.name})" if column.kind == "key" else f"given({column.name})"


def _typed(column: Column, words: Mapping[str, str]) -> str:
    name = column.name
    match column.kind:
        case "time":
            return f"read_{name}({name})"
        case "money" | "number" | "count":
            return f"read_number({name})"
        case "flag":
            return f"read_flag({name})"
        case "text" if column.allowed:
            ours = "".join(f" WHEN lower({literal(word)}) THEN '{own}'" for word, own in words.items())
            return f"CASE lower({name}){ours} ELSE lower({name}) END" if ours else f"lower({name})"
        case _:
            return name


def _known_sql(contract: Contract, until: datetime) -> str:
    """SQL that takes out of ``typed`` the values that became known only at or after a time."""
    masked = []
    for column in contract.columns:
        name = column.name
        if column.known_from:
            masked.append((name, f"{column.known_from} < TIMESTAMP '{until}'"))
        elif column.kind == "time" and not column.planned and name != contract.event_time:
            masked.append((name, f"{name} IS NULL OR {name} < TIMESTAMP '{until}'"))
    seen = ", ".join(
        f"CASE WHEN {known} THEN {name} END AS {name}, CASE WHEN {known} THEN text_{name} END AS text_{name}"
        for name, known in masked
    )
    return f"SELECT * REPLACE ({seen}) FROM typed" if masked else "FROM typed"


def _referred_sql(contract: Contract, given: Collection[str]) -> str:
    """SQL that looks each reference up in the view known_TABLE (id, hidden)."""
    unknown, joins, hidden = "", "", ["FALSE"]
    for column, table in _looked_up(contract, given):
        name = column.name
        unknown += f", known.{name} IS NOT NULL AND of_{name}.id IS NULL AS unknown_{name}"
        joins += f"\nLEFT JOIN known_{table} AS of_{name} ON of_{name}.id = known.{name}"
        hidden.append(f"coalesce(of_{name}.hidden, FALSE)")
    return f"SELECT known.*{unknown}, {' OR '.join(hidden)} AS hidden FROM known{joins}"


def _looked_up(contract: Contract, given: Collection[str]) -> list[tuple[Column, str]]:
    """Return the columns that refer to a table there is, with the table."""
    referring = [(column, column.reference.table) for column in contract.columns if column.reference]
    return [(column, table) for column, table in referring if table in given]
