"""From the path in the parameters to the files it means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from unicodedata import normalize

from pipeline.errors import UserError

PACKAGE = "package:"
PATTERN_SIGNS = "*?["


@dataclass(frozen=True)
class SourceFile:
    """A file to read, and what it is called in the quarantine and in messages (never a machine's path)."""

    label: str
    path: Path


def resolve(path: str, root: Path, where: str) -> list[SourceFile]:
    """Find the files a source's path means.

    Parameters
    ----------
    path : str
        Relative to `root`, absolute, a glob, or ``package:NAME/FILE``.
    root : Path
        The project's folder.
    where : str
        The parameter the path comes from, for messages.

    Returns
    -------
    list of SourceFile
        At least one, sorted by label.

    Raises
    ------
    UserError
        If there is none.
    """
    if path.startswith(PACKAGE):
        inside = path.removeprefix(PACKAGE)
        return [SourceFile(inside, _in_package(inside, path, where))]
    return _on_disk(path, root, where)


def without_pattern(file: SourceFile, scratch: Path) -> SourceFile:
    """Link to a file whose path DuckDB would take for a pattern, from a path it takes literally."""
    if not any(sign in str(file.path) for sign in PATTERN_SIGNS):
        return file
    link = scratch / f"{len(list(scratch.iterdir()))}.link"
    link.symlink_to(file.path.absolute())
    return SourceFile(file.label, link)


def _in_package(inside: str, path: str, where: str) -> Path:
    """Locate a packaged file without importing the package, which may be slow or broken."""
    package, _, rest = inside.partition("/")
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise UserError(
            f"{path}: the package {package} is not installed", where=where, valid=f"pip install {package}"
        )
    return Path(found.submodule_search_locations[0], rest)


def _on_disk(path: str, root: Path, where: str) -> list[SourceFile]:
    full = root / path
    # Under the name a Mac gives it, a letter and its mark are two characters.
    matches = _matches(path, root) or _matches(normalize("NFD", path), root)
    if not matches:
        kind = "no file matches" if any(sign in path for sign in PATTERN_SIGNS) else "there is no file"
        raise UserError(f"{kind} {path}", where=where, valid=_instead_of(full, root))
    base = (
        root if full.is_relative_to(root) else Path(os.path.commonpath([match.parent for match in matches]))
    )
    return sorted(
        (SourceFile(match.relative_to(base).as_posix(), match) for match in matches),
        key=lambda file: file.label,
    )


def _instead_of(full: Path, root: Path) -> str:
    """Name the file of the folder that is written most like the one that is not there."""
    there = [file.name for file in full.parent.iterdir()] if full.parent.is_dir() else []
    if full.is_relative_to(root) and (close := get_close_matches(full.name, there, n=1)):
        return f"did you mean {(full.parent / close[0]).relative_to(root).as_posix()}?"
    return "data/raw/orders.csv or data/raw/orders-*.csv"


def _matches(path: str, root: Path) -> list[Path]:
    full = root / path
    return [full] if full.exists() else [root / match for match in glob(path, root_dir=root, recursive=True)]


def check_readable(file: SourceFile, where: str) -> None:
    """Raise a UserError if a path is a folder, is not there, may not be read or is empty."""
    if file.path.is_dir():
        raise UserError(f"{file.label} is a folder, not a file", where=where, valid=f"{file.label}/*.csv")
    if not file.path.is_file():
        raise UserError(f"there is no file {file.label}", where=where)
    if not os.access(file.path, os.R_OK):
        raise UserError(f"{file.label} may not be read", where=where, valid="chmod u+r on the file")
    if file.path.stat().st_size == 0:
        raise UserError(f"{file.label} is empty", where=where, valid="a file with a header and rows")
