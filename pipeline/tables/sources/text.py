"""Text files as UTF-8, whatever they are compressed with and written in."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa

from pipeline.errors import UserError
from pipeline.tables.parallel import on_all_cores
from pipeline.tables.sources.files import SourceFile

HEAD_BYTES = TAIL_BYTES = 1 << 20
CHUNK_BYTES = 1 << 18
BLOCK_BYTES = 4 << 20
LINE_BYTES, MAX_LINE_BYTES = 1 << 12, 4 << 20  # of most lines, and of the longest that are read fast
LINE_FEED = ord("\n")
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DATABASES = {"sqlite": (0, b"SQLite format 3\0"), "duckdb": (8, b"DUCK")}  # where their first bytes stand
MARKUP = re.compile(rb"\W*<(!doctype|html|table|\?xml)", re.IGNORECASE)
UNDECODED = re.compile("[\udc80-\udcff]")
NOT_ASCII = re.compile("[^\x00-\x7f]")


class Block(NamedTuple):
    """Whole lines of a text: the bytes `start` to `end`, and how many line feeds are among them."""

    start: int
    end: int
    newlines: int


@dataclass(frozen=True)
class TextFile:
    """A text file, ready to be read as UTF-8.

    Attributes
    ----------
    label : str
    path : Path
        Decompressed UTF-8 without a byte order mark: the file itself or a copy in the scratch folder.
    encoding : str
        What the file was written in.
    lines : int
        Physical lines, blank ones at the end left out.
    last_quote : int
        The byte where the last quotation mark stands, -1 without one.
    regular : bool
        Every byte decodes, no line ends in a lone carriage return and none is far too long.
    blocks : tuple of Block
        What to read at once, one after the other.
    """

    label: str
    path: Path
    encoding: str
    lines: int
    last_quote: int
    regular: bool
    blocks: tuple[Block, ...]


class Measured(NamedTuple):
    """Of what blocks a text is, where the last quotation mark stands, and whether it is `regular`."""

    blocks: tuple[Block, ...]
    last_quote: int
    regular: bool


def open_text(file: SourceFile, encoding: str, scratch: Path, where: str) -> TextFile:
    """Find a text file's encoding and make it readable as UTF-8.

    Parameters
    ----------
    file : SourceFile
    encoding : str
        "auto": the byte order mark, else UTF-8 if (nearly) all of it is, else Windows-1252.
    scratch : Path
        Folder for a UTF-8 copy when the file is compressed or written otherwise.
    where : str
        The source's section in the parameters.

    Raises
    ------
    UserError
        If the file is binary, damaged, empty, or the encoding is unknown or not the file's.
    """
    try:
        with _decompressed(file.path) as stream:
            head = stream.read(HEAD_BYTES)
        marked = next((name for bom, name in BOMS.items() if head.startswith(bom)), None)
        measured = None if marked or _compressed(file.path) else _measure(file.path)
        likely = "utf-8" if measured and measured.regular else None
        chosen = _known(encoding, where) if encoding != "auto" else marked or likely or _guess(file.path)
        if b"\0" in head and "16" not in chosen and "32" not in chosen:
            raise _binary(file, head, where)
        if MARKUP.match(head):
            raise UserError(
                f"{file.label} is a web page or XML, which some programs write under the name of a workbook",
                where=f"{where}.path",
                valid="opened in a spreadsheet and saved as .xlsx or CSV",
            )
        if chosen == "utf-8" and marked:
            chosen = marked
        if chosen == "utf-8" and measured:
            path = file.path
        else:
            path = scratch / f"{len(list(scratch.iterdir()))}.utf8"
            with path.open("wb") as copy:
                copy.writelines(_utf8_chunks(file.path, chosen))
            measured = _measure(path)
    except (OSError, EOFError, zlib.error) as error:  # pyarrow too raises OSError for a damaged archive
        raise UserError(f"{file.label} cannot be read to its end: {error}", where=f"{where}.path") from error
    except UnicodeError as error:
        raise UserError(
            f"{file.label} is not written in {chosen}", where=f"{where}.encoding", valid="auto"
        ) from error
    lines = sum(block.newlines for block in measured.blocks) - _blank_end(path) + 1
    return TextFile(
        label=file.label,
        path=path,
        encoding=chosen.removesuffix("-sig"),
        lines=lines,
        last_quote=measured.last_quote,
        regular=measured.regular,
        blocks=measured.blocks,
    )


def _binary(file: SourceFile, head: bytes, where: str) -> UserError:
    for kind, (at, magic) in DATABASES.items():
        if head[at:].startswith(magic):
            return UserError(
                f"{file.label} is a database",
                where=f"{where}.path",
                valid=f"in place of path, url: {kind}:///{file.label} with table or query "
                "(docs/bring-your-own-data.md, Databases)",
            )
    return UserError(
        f"{file.label} is not text: it holds binary data",
        where=f"{where}.path",
        valid="a CSV, text, Parquet, .xlsx or .jsonl file",
    )


def _known(encoding: str, where: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise UserError(
            f"there is no text encoding {encoding!r}",
            where=f"{where}.encoding",
            valid="auto, utf-8, utf-16 or cp1252",
        ) from None
    return codecs.lookup(encoding).name


def _compressed(path: Path) -> str | None:
    with path.open("rb") as stream:
        magic = stream.read(4)
    return "gzip" if magic[:2] == b"\x1f\x8b" else "zstd" if magic == b"\x28\xb5\x2f\xfd" else None


@contextmanager
def _decompressed(path: Path) -> Iterator[BinaryIO | pa.NativeFile]:
    kind = _compressed(path)
    if kind == "gzip":
        with gzip.open(path) as stream:
            yield stream
    elif kind == "zstd":
        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
    else:
        with path.open("rb") as stream:
            yield stream


def _raw_chunks(path: Path) -> Iterator[bytes]:
    with _decompressed(path) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _guess(path: Path) -> str:
    """UTF-8 unless more of the bytes above ASCII are broken as UTF-8 than read as it."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    broken = read = 0
    for chunk in _raw_chunks(path):
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(chunk)
        undecoded = len(UNDECODED.findall(text))
        broken += undecoded
        read += len(NOT_ASCII.findall(text)) - undecoded
    return "cp1252" if broken > read else "utf-8"


def _utf8_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Transcode; bytes without a meaning stay as they are and fail later, in the row they stand in."""
    errors = "strict" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for chunk in _raw_chunks(path):
        yield decoder.decode(chunk).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _measure(path: Path) -> Measured:
    """Cut a text into blocks of whole lines, and look at each."""
    with path.open("rb") as stream:
        file = stream.fileno()
        size = os.fstat(file).st_size
        borders = _borders(file, size)
        parts = on_all_cores(partial(_measure_block, file, size), pairwise(borders))
    blocks = tuple(block for part in parts for block in part.blocks)
    last_quote = max((part.last_quote for part in parts), default=-1)
    return Measured(blocks, last_quote, all(part.regular for part in parts))


def _borders(file: int, size: int) -> list[int]:
    """Return where to cut: at the first end of a line after so many bytes, if it is near."""
    borders = [0]
    while (at := borders[-1] + BLOCK_BYTES) < size:
        ahead = (os.pread(file, length, at).find(b"\n") + 1 for length in (LINE_BYTES, MAX_LINE_BYTES))
        borders.append(at + next(filter(None, ahead), 0))
    return list(dict.fromkeys([*borders, size]))


def _measure_block(file: int, size: int, ends: tuple[int, int]) -> Measured:
    """Count the line feeds; tell whether all is UTF-8 and every carriage return precedes a line feed."""
    start, end = ends
    text = os.pread(file, end - start, start)
    newlines = int(np.count_nonzero(np.frombuffer(text, np.uint8) == LINE_FEED))
    quote = text.rfind(b'"')
    whole_lines = end == size or text.endswith(b"\n")
    regular = b"\r" not in text or text.count(b"\r") == text.count(b"\r\n")
    return Measured(
        (Block(start, end, newlines),),
        start + quote if quote >= 0 else -1,
        whole_lines and regular and (text.isascii() or _is_utf8(text)),
    )


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _blank_end(path: Path) -> int:
    """Count the line feeds that end the file: one for the last line's own, more for blank lines after it."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL_BYTES))
        tail = stream.read()
    return tail[len(tail.rstrip(b"\r\n")) :].count(b"\n")


def physical_lines(file: TextFile) -> Iterator[str]:
    """Yield the lines with their ends; bytes that do not decode come as lone surrogates."""
    with open(file.path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
        yield from stream
