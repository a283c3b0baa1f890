"""Parquet into the raw table: its values take the same way as text, its types save the guessing."""

from __future__ import annotations

from pipeline.engine import duck
from pipeline.engine.duck import SqlError
from pipeline.engine.quoting import identifier
from pipeline.errors import UserError
from pipeline.tables.sources.files import SourceFile
from pipeline.tables.sources.raw import FileRead, RawTable

MAGIC = b"PAR1"


def is_parquet(file: SourceFile) -> bool:
    """Tell by the first bytes."""
    with file.path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def read_parquet_file(table: RawTable, file_no: int, file: SourceFile, where: str) -> FileRead:
    """Read a Parquet file into the raw table; the line is the row number.

    Parameters
    ----------
    table : RawTable
    file_no : int
    file : SourceFile
    where : str
        The source's section in the parameters.

    Raises
    ------
    UserError
        If the file is damaged, or a column that is needed is not there.
    """
    path = {"path": str(file.path)}
    try:
        described = duck.run(
            table.con, "DESCRIBE SELECT * FROM read_parquet($path, hive_partitioning = false)", path
        ).fetchall()
        types = {name: kind for name, kind, *_ in described}
        table.settle(list(types), file.label, where)
        values = {our: f"{identifier(name)}::VARCHAR" for our, name in table.columns.items() if name}
        source = "read_parquet($path, file_row_number = true, hive_partitioning = false)"
        rows = table.insert(file_no, "file_row_number + 1", values, source, path)
    except SqlError as error:
        reason = error.reason.splitlines()[0]
        raise UserError(f"{file.label} is a damaged Parquet file: {reason}", where=f"{where}.path") from error
    ours = {our: types[name] for our, name in table.columns.items() if name}
    return FileRead(file.label, rows, tuple(types), "parquet", types=ours)
