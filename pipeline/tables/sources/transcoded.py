"""Text files for a query in the encodings that DuckDB does not read: ``cp1252://data/raw/orders.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from fsspec import AbstractFileSystem

from pipeline.tables.sources.files import resolve
from pipeline.tables.sources.text import open_text

WHERE = "query"


class Transcoded(AbstractFileSystem):  # type: ignore[misc]
    """The files of the project that are written in an encoding, as UTF-8: its files are copies of them.

    Parameters
    ----------
    encoding : str
        What they are written in, and what their addresses begin with.
    root : Path
        The folder a relative path starts from.
    scratch : Path
        A folder for the copies.
    """

    cachable = False

    def __init__(self, encoding: str, root: Path, scratch: Path) -> None:
        """Begin without a copy."""
        super().__init__()
        self.protocol, self._root, self._scratch = encoding, root, scratch
        self._copies: dict[Path, Path] = {}

    def glob(self, path: str, **_: Any) -> list[str]:
        """Write the files that a path means anew, each once; list the addresses of the copies."""
        found = resolve(path.removeprefix(f"{self.protocol}://"), self._root, WHERE)
        for file in found:
            if file.path not in self._copies:
                self._copies[file.path] = open_text(file, self.protocol, self._scratch, WHERE).path
        return [f"{self.protocol}://{self._copies[file.path]}" for file in found]

    def info(self, path: str, **_: Any) -> Mapping[str, Any]:
        """Tell the size of a copy."""
        return {"name": path, "size": self._copy(path).stat().st_size, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Tell when a copy was written."""
        return datetime.fromtimestamp(self._copy(path).stat().st_mtime)

    def _open(self, path: str, *_: Any, **__: Any) -> BinaryIO:
        return self._copy(path).open("rb")

    def _copy(self, path: str) -> Path:
        return Path(path.removeprefix(f"{self.protocol}://"))
