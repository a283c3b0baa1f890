"""JSON lines into the raw table: one object a line, its numbers typed, nothing nested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa

from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables.sources.raw import Fault, FileRead, RawTable
from pipeline.tables.sources.text import UNDECODED, TextFile, physical_lines

BATCH_LINES = 50_000
NOT_OBJECT = "not_a_json_object"
NUMBER_TYPES = {"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE"}
NESTED_TYPES = {"ARRAY", "OBJECT"}
ARRAY = re.compile(r"\[\s*(\{|$)")


def is_json(text: TextFile) -> bool:
    """Tell by the first line that is not blank."""
    first = next((line.strip() for line in physical_lines(text) if line.strip()), "")
    return first.startswith("{") or ARRAY.match(first) is not None


def read_jsonlines(table: RawTable, file_no: int, text: TextFile, where: str) -> FileRead:
    """Read a text file of JSON objects, one a line, into the raw table.

    A key that a line does not have is an empty value.

    Parameters
    ----------
    table : RawTable
    file_no : int
    text : TextFile
    where : str
        The source's section in the parameters.

    Raises
    ------
    UserError
        If the file is one JSON array, or a key that is needed is in no line or holds a list or an object.
    """
    _refuse_array(text, where)
    faults = _load(table, text)
    names = _keys(table, text, where)
    if not table.wanted:  # any will do that can be a column
        names = [name for name in names if not NESTED_TYPES & set(_kinds(table, name))]
    table.settle(names, text.label, where)
    ours = {our: name for our, name in table.columns.items() if name}
    types = {our: _type(table, text, name, where) for our, name in ours.items()}
    values = {our: f"json_extract_string(object, {_path(name)})" for our, name in ours.items()}
    rows = table.insert(file_no, "line", values, "objects WHERE object IS NOT NULL")
    table.insert_faults(file_no, faults)
    duck.run(table.con, "DROP TABLE objects")
    return FileRead(text.label, rows + len(faults), tuple(table.wanted), text.encoding, types=types)


def _refuse_array(text: TextFile, where: str) -> None:
    first = next(line for line in physical_lines(text) if line.strip())
    if first.lstrip().startswith("["):
        raise UserError(
            f"{text.label} is one JSON array, not a JSON object on each line",
            where=f"{where}.path",
            valid="jq -c '.[]' old.json > new.jsonl",
        )


def _load(table: RawTable, text: TextFile) -> list[Fault]:
    """Make the table ``objects`` of the lines, NULL where a line is no object; return these."""
    undecoded: list[int] = []
    schema = pa.schema([("line", pa.int64()), ("text", pa.string())])
    duck.register(
        table.con, "lines", pa.RecordBatchReader.from_batches(schema, _batches(text, undecoded, schema))
    )
    duck.run(
        table.con,
        "CREATE TABLE objects AS SELECT line, CASE WHEN json_valid(text) THEN "
        "CASE WHEN json_type(text) = 'OBJECT' THEN text END END AS object FROM lines",
        name="objects",
    )
    table.con.unregister("lines")
    broken = duck.run(table.con, "SELECT line FROM objects WHERE object IS NULL ORDER BY line").fetchall()
    return [
        *(Fault(line, None, "undecodable", f"not {text.encoding}") for line in undecoded),
        *(Fault(line, None, NOT_OBJECT, "text") for (line,) in broken),
    ]


def _batches(text: TextFile, undecoded: list[int], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    numbered = (
        (n, line) for n, line in enumerate(physical_lines(text), start=1) if line.strip("\ufeff \t\r\n")
    )
    while block := list(islice(numbered, BATCH_LINES)):
        undecoded += [n for n, line in block if UNDECODED.search(line)]
        good = [(n, line.strip("\ufeff \t\r\n")) for n, line in block if not UNDECODED.search(line)]
        columns = [
            pa.array([n for n, _ in good], pa.int64()),
            pa.array([line for _, line in good], pa.string()),
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _keys(table: RawTable, text: TextFile, where: str) -> list[str]:
    """Name the keys of all lines, in the order in which they appear."""
    keys = """
        SELECT key FROM (SELECT line, unnest(json_keys(object)) AS key FROM objects WHERE object IS NOT NULL)
        GROUP BY key ORDER BY min(line), key"""
    found = [key for (key,) in duck.run(table.con, keys, name="keys").fetchall()]
    if not found:
        raise UserError(f"{text.label} holds no JSON object", where=f"{where}.path", valid='{"key": "value"}')
    return found


def _kinds(table: RawTable, name: str) -> dict[str, int]:
    """Return the JSON types of a key's values, each with the first line it is on."""
    found = f"""
        SELECT json_type(object, {_path(name)}) AS type, min(line) FROM objects
        WHERE type <> 'NULL' GROUP BY type ORDER BY type"""
    return dict(duck.run(table.con, found, name="types of a key").fetchall())


def _type(table: RawTable, text: TextFile, name: str, where: str) -> str:
    """Return the SQL type of a key whose values are all of one kind."""
    found = _kinds(table, name)
    nested = sorted(found[kind] for kind in NESTED_TYPES & set(found))
    if nested:
        raise UserError(
            f"{text.label}, line {nested[0]}: the key {name!r} holds a list or an object, not one value",
            where=f"{where}.columns",
            valid="a key with a text or a number",
        )
    return "DOUBLE" if found and set(found) <= NUMBER_TYPES else "VARCHAR"


def _path(name: str) -> str:
    """Write the SQL for the place of a key."""
    inside = name.replace("\\", "\\\\").replace('"', '\\"').replace("'", "''")
    return f"""'$."{inside}"'"""
