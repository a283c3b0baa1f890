"""One way to ask PostgreSQL, SQLite and DuckDB: which columns, of which types, and the rows in Arrow batches.

PostgreSQL and SQLite are reached through ADBC: DuckDB's extensions for them are a download at run time, which
many machines do not allow.
"""

from __future__ import annotations

import codecs
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.engine.quoting import identifier
from pipeline.errors import UserError

VALID = (
    "postgresql://user:$PASSWORD@host/database, sqlite:///data/raw/shop.db, duckdb:///data/raw/shop.duckdb, "
    "or duckdb:// for a query over files"
)
NO_DATABASE = "duckdb://"
ENCODED = re.compile(r"'([a-z0-9_-]+)://")
SCHEMES = ("postgresql", "postgres", "sqlite", "duckdb")
POSTGRES_TYPES = {
    "date": "DATE",
    **dict.fromkeys(["timestamp", "timestamptz"], "TIMESTAMP"),
    **dict.fromkeys(["numeric", "money", "int2", "int4", "int8", "float4", "float8"], "DECIMAL"),
}


class DatabaseError(RuntimeError):
    """What a database refused, in its own words."""


class Database(ABC):
    """An open database; `rows` is always a SELECT."""

    kind: str

    @abstractmethod
    def columns(self, rows: str) -> list[str]:
        """Name the columns without reading the rows."""

    @abstractmethod
    def types(self, rows: str, names: Sequence[str]) -> dict[str, str]:
        """Tell the types of some columns by DuckDB's names; VARCHAR for what reads like text."""

    @abstractmethod
    def read(self, rows: str) -> pa.RecordBatchReader:
        """Stream the rows."""

    def text(self, name: str, kind: str) -> str:
        """Write the SQL for a column as text."""
        return f"CAST({identifier(name)} AS TEXT)"


def is_database(address: str) -> bool:
    """Tell the URL of a database from that of a file."""
    return address.partition("://")[0] in SCHEMES


@contextmanager
def connect(url: str, root: Path, where: str) -> Iterator[Database]:
    """Open the database of a URL, read-only.

    Parameters
    ----------
    url : str
    root : Path
        The project's folder: the path after ``sqlite:///`` or ``duckdb:///`` is relative to it; after four
        slashes it is absolute. So are the files that a query of ``duckdb://`` names.
    where : str
        The parameter, for messages.

    Raises
    ------
    UserError
        If the URL means no database that is known, or a file that is not there.
    DatabaseError
        For what the database refuses while it is open.
    """
    scheme = url.partition(":")[0]
    if scheme in ("postgresql", "postgres"):
        with _postgres(url) as database:
            yield database
    elif scheme == "sqlite":
        with _sqlite(_file(url, root, where)) as database:
            yield database
    elif url == NO_DATABASE:
        with duck.connect(folder=root) as con, TemporaryDirectory(prefix="text-") as scratch:
            yield _Files(con, root, Path(scratch))
    elif scheme == "duckdb":
        with _duckdb(_file(url, root, where)) as database:
            yield database
    else:
        raise UserError("not a database that can be read", where=where, valid=VALID)


def _file(url: str, root: Path, where: str) -> Path:
    inside = unquote(urlsplit(url).path.removeprefix("/"))
    if not (root / inside).is_file():
        raise UserError(f"there is no database file {inside}", where=where, valid=VALID)
    return root / inside


class _Adbc(Database):
    """A database behind an ADBC cursor."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def columns(self, rows: str) -> list[str]:
        return list(self._schema(rows).names)

    def read(self, rows: str) -> pa.RecordBatchReader:
        with _refused():
            self._cursor.execute(rows)
            return self._cursor.fetch_record_batch()

    def _schema(self, rows: str) -> pa.Schema:
        return self.read(f"SELECT * FROM ({rows}) AS found LIMIT 0").schema


class _Postgres(_Adbc):
    kind = "postgresql"

    def types(self, rows: str, names: Sequence[str]) -> dict[str, str]:
        schema = self._schema(rows)
        native = {name: (schema.field(name).metadata or {}).get(b"POSTGRESQL:type", b"") for name in names}
        return {name: POSTGRES_TYPES.get(kind.decode(), "VARCHAR") for name, kind in native.items()}

    def text(self, name: str, kind: str) -> str:
        # A detour by numeric takes the currency sign off the type money.
        number = f"CAST({identifier(name)} AS numeric)" if kind == "DECIMAL" else identifier(name)
        return f"CAST({number} AS text)"


class _Sqlite(_Adbc):
    kind = "sqlite"

    def types(self, rows: str, names: Sequence[str]) -> dict[str, str]:
        """Every SQLite value has a type of its own: a column is of numbers when all of its values are."""
        texts = ", ".join(
            f"max(typeof({identifier(name)}) IN ('text', 'blob')) AS c{n}" for n, name in enumerate(names)
        )
        [found] = self.read(f"SELECT {texts} FROM ({rows}) AS found").read_all().to_pylist()
        return dict(zip(names, ("VARCHAR" if text else "DOUBLE" for text in found.values()), strict=True))


class _Duck(Database):
    kind = "duckdb"

    def __init__(self, con: Connection) -> None:
        self._con = con

    def columns(self, rows: str) -> list[str]:
        return list(self._described(rows))

    def types(self, rows: str, names: Sequence[str]) -> dict[str, str]:
        described = self._described(rows)
        return {name: described[name] for name in names}

    def read(self, rows: str) -> pa.RecordBatchReader:
        return duck.stream(self._con, rows, name="rows of the database")

    def _described(self, rows: str) -> dict[str, str]:
        return {
            name: kind
            for name, kind, *_ in duck.run(self._con, f"DESCRIBE SELECT * FROM ({rows})").fetchall()
        }


class _Files(_Duck):
    """No database, but the files that a query names; of texts in other encodings, what they say in UTF-8."""

    def __init__(self, con: Connection, root: Path, scratch: Path) -> None:
        super().__init__(con)
        self._root, self._scratch = root, scratch
        self._encodings: set[str] = set()

    def read(self, rows: str) -> pa.RecordBatchReader:
        self._read_as_told(rows)
        return super().read(rows)

    def _described(self, rows: str) -> dict[str, str]:
        self._read_as_told(rows)
        return super()._described(rows)

    def _read_as_told(self, rows: str) -> None:
        for encoding in sorted(set(filter(_is_encoding, ENCODED.findall(rows))) - self._encodings):
            from pipeline.tables.sources.transcoded import Transcoded  # takes its time

            self._con.register_filesystem(Transcoded(encoding, self._root, self._scratch))
            self._encodings.add(encoding)


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


@contextmanager
def _postgres(url: str) -> Iterator[Database]:
    from adbc_driver_postgresql import dbapi

    with _refused(), dbapi.connect(url) as con, con.cursor() as cursor:
        for setting in (
            "SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "TIME ZONE 'UTC'",
            "DateStyle = ISO",
        ):
            cursor.execute(f"SET {setting}")
        con.commit()
        yield _Postgres(cursor)


@contextmanager
def _sqlite(file: Path) -> Iterator[Database]:
    from adbc_driver_sqlite import dbapi

    with _refused(), dbapi.connect(f"{file.absolute().as_uri()}?mode=ro") as con, con.cursor() as cursor:
        yield _Sqlite(cursor)


@contextmanager
def _duckdb(file: Path) -> Iterator[Database]:
    with duck.open_file(file) as con:
        yield _Duck(con)


@contextmanager
def _refused() -> Iterator[None]:
    from adbc_driver_manager import Error

    try:
        yield
    except Error as error:
        raise DatabaseError(str(error)) from error
