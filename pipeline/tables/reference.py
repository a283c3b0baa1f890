"""Small tables that orders are looked up in: read whole, and refused whole when a row of them is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.errors import UserError
from pipeline.tables.sources import Raw, read_raw
from pipeline.tables.spec import Source


@contextmanager
def reading(
    spec: Source, columns: Mapping[str, str | None], root: Path, where: str
) -> Iterator[tuple[Connection, Raw]]:
    """Read a table into ``raw`` of a database of its own.

    Raises
    ------
    UserError
        If a row cannot be split or decoded.
    """
    with duck.connect() as con:
        raw = read_raw(con, spec, columns, root, where)
        refuse(con, raw, "SELECT file_no, line, rule FROM faults", where)
        yield con, raw


def refuse(con: Connection, raw: Raw, wrong: str, where: str) -> None:
    """Raise for the first row of a SELECT of file_no, line and what is wrong, if there is one."""
    first = duck.run(con, f"{wrong} ORDER BY ALL LIMIT 1", name="wrong rows").fetchall()
    for file_no, line, problem in first:
        raise UserError(
            f"{raw.files[file_no].label}:{line}: {problem}", where=where, valid="a table without such rows"
        )
