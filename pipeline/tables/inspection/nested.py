"""Objects within the objects of JSON lines: a query reads what they hold as columns."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.engine.duck import SqlError
from pipeline.engine.quoting import identifier, literal
from pipeline.tables.inspection.log import WHERE, Advice, question
from pipeline.tables.inspection.signs import REFUNDED
from pipeline.tables.sources.connections import NO_DATABASE, connect
from pipeline.tables.sources.readers import Raw
from pipeline.tables.sources.remote import is_remote
from pipeline.tables.sources.spec import Source

MOST_KEYS = 50  # of an object: with more they are no names, but skus or ids
# Every key of a line, the kind of its value, and the keys and kinds of what an object holds.
KEYS = """
    WITH outer_keys AS (
        SELECT entry.key AS key, entry.value AS value FROM (
            SELECT unnest(map_entries(CAST(json AS MAP(VARCHAR, JSON)))) AS entry
            FROM read_json_objects({path}, format = 'newline_delimited'))
    ), inner_keys AS (
        SELECT key, inner_entry.key AS name, inner_entry.value AS value FROM (
            SELECT key, unnest(map_entries(CAST(value AS MAP(VARCHAR, JSON)))) AS inner_entry
            FROM outer_keys WHERE json_type(value) = 'OBJECT')
    )
    SELECT key, name, bool_or(json_type(value) = 'ARRAY') AS is_list,
           bool_or(json_type(value) = 'OBJECT') AS is_object,
           bool_or(json_type(value) NOT IN ('OBJECT', 'ARRAY', 'NULL')) AS is_plain
    FROM (SELECT key, NULL AS name, value FROM outer_keys UNION ALL FROM inner_keys)
    GROUP BY key, name ORDER BY key, name NULLS FIRST"""
TOLD = "what is in {objects} is read as columns of their own, by a query; all else here is about its rows"
DEEPER = "what is in {objects} is one deeper, and not read: another query reads it, as \"a\" ->> '$.b.c'"
MAPS = "{objects} is not read: its keys differ from line to line, as ids do"
MIXED = (
    "{objects} is an object in some lines and plain in others, of which the query reads nothing: write it "
    "so that it does, or make the lines alike where they come from"
)
LISTS = (
    "lists are not read: {lists}. Lines are not needed where the total of the order stands beside them; "
    "another query reads them, with unnest"
)
BACK = (
    "{back} is a list, which is not read: what was given back is not taken off. A query reads it as a table "
    "of returns, with unnest(CAST({back} AS JSON[])): docs/bring-your-own-data.md, Tables that belong "
    "together"
)


@dataclass(frozen=True)
class Query:
    """A source that is a query of files."""

    query: str
    decimal: str
    date_format: str
    url: str = NO_DATABASE
    path: None = None
    table: None = None
    since: None = None
    sheet: None = None
    delimiter: str = "auto"
    encoding: str = "auto"


@dataclass(frozen=True)
class Nested:
    """What reads a nested file.

    Attributes
    ----------
    spec : Source
        The query in place of the file.
    told : tuple of Advice
    """

    spec: Source
    told: tuple[Advice, ...]


def flattened(spec: Source, raw: Raw, root: Path) -> Nested | None:
    """Write the query that reads a file of nested objects; None where there are none, or none can."""
    path = spec.path or ""
    is_local_json = raw.encodings == "utf-8" and not raw.delimiters and not is_remote(path)
    if not path or not is_local_json or path.startswith("package:"):
        return None
    with connect(NO_DATABASE, root, f"{WHERE}.path") as database:
        try:
            rows = database.read(KEYS.format(path=literal(path))).read_all().to_pylist()
        except SqlError:
            return None
    objects = sorted({row["key"] for row in rows if row["name"] is None and row["is_object"]})
    lists = sorted({row["key"] for row in rows if row["name"] is None and row["is_list"]} - set(objects))
    mixed = [row["key"] for row in rows if row["name"] is None and row["is_object"] and row["is_plain"]]
    keys = Counter(row["key"] for row in rows if row["name"] is not None)
    maps = sorted(key for key, number in keys.items() if number > MOST_KEYS)
    rows = [row for row in rows if row["key"] not in maps]
    held = [
        (row["key"], row["name"])
        for row in rows
        if row["name"] is not None and not row["is_list"] and not row["is_object"]
    ]
    if not held:
        return None
    plain = [name for name in raw.columns.values() if name]
    query = _query(path, plain, held)
    read = [key for key in objects if key not in maps]
    told = [Advice("nested", TOLD.format(objects=", ".join(map(identifier, read))))]
    deeper = [f"{row['key']}.{row['name']}" for row in rows if row["name"] and row["is_object"]]
    told += [Advice("nested", DEEPER.format(objects=", ".join(map(identifier, deeper))))] if deeper else []
    told += [Advice("nested", MAPS.format(objects=", ".join(map(identifier, maps))))] if maps else []
    told += [Advice("nested", LISTS.format(lists=", ".join(map(identifier, lists))))] if lists else []
    told += [
        question(f"{WHERE}.path", MIXED.format(objects=identifier(name))) for name in mixed if name in read
    ]
    told += [
        question("sources.returns", BACK.format(back=identifier(name)))
        for name in lists
        if re.search(REFUNDED, name, re.IGNORECASE)
    ]
    return Nested(Query(query, spec.decimal, spec.date_format), tuple(told))


def _query(path: str, plain: list[str], held: list[tuple[str, str]]) -> str:
    kinds = [f"{literal(name)}: 'VARCHAR'" for name in plain]
    kinds += [f"{literal(name)}: 'JSON'" for name in dict.fromkeys(name for name, _ in held)]
    small = {name.lower() for name in plain}
    named = []
    for key, name in held:
        column = f"{key}_{name}"
        column = f"{key}.{name}" if column.lower() in small else column
        if column.lower() not in small:
            named.append((key, name, column))
            small.add(column.lower())
    columns = [identifier(name) for name in plain]
    columns += [
        f"json_extract_string({identifier(key)}, {_place(name)}) AS {identifier(column)}"
        for key, name, column in named
    ]
    read = f"read_json({literal(path)}, format = 'newline_delimited', columns = {{{', '.join(kinds)}}})"
    return f"SELECT {', '.join(columns)} FROM {read}"


def _place(name: str) -> str:
    return literal(f'$."{name}"')
