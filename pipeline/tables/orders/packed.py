"""Texts as numbers of eight bytes: equal where the texts are, and nowhere else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.tables.parallel import on_all_cores

WORD = 8  # bytes
MASKS = np.array([(1 << 8 * size) - 1 for size in range(WORD + 1)], np.uint64)  # of the first bytes of a word

Words = npt.NDArray[np.uint64]
Sizes = npt.NDArray[np.int32]


def packed(texts: pa.ChunkedArray) -> Words | None:
    """Return the bytes of each text as a number; None for texts that eight bytes do not tell apart.

    The bytes that all texts begin with are passed over, as in C00012345. Most ids of shops are so short.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of str, length n

    Returns
    -------
    ndarray of uint64, shape (n,), or None
    """
    sizes = pc.min_max(pc.binary_length(texts))
    least, largest = sizes["min"].as_py(), sizes["max"].as_py()
    if not largest or least < largest - WORD:
        return None
    chunks = [chunk for chunk in texts.chunks if len(chunk)]
    prefix = chunks[0][0].as_py().encode()[: max(0, largest - WORD)]
    words = np.empty(len(texts), np.uint64)
    ends = np.cumsum([len(chunk) for chunk in chunks])
    parts = zip(chunks, np.split(words, ends[:-1]), strict=True)
    return words if all(on_all_cores(lambda part: _pack(prefix, *part), parts)) else None


def _pack(prefix: bytes, texts: pa.StringArray, into: Words) -> bool:
    """Pack a block of texts, unless one has a zero byte or does not begin like the others."""
    _, offsets, content = texts.buffers()
    ends: Sizes = np.frombuffer(offsets, np.int32)[texts.offset :][: len(texts) + 1]
    used = np.frombuffer(content or b"", np.uint8)[: ends[-1]]
    if len(used) < WORD or not used.all():
        return False
    starts, sizes = ends[:-1], np.diff(ends)
    for passed in range(0, len(prefix), WORD):
        word = prefix[passed : passed + WORD]
        if (_words(used, starts + passed, len(word)) != int.from_bytes(word, "little")).any():
            return False
    into[:] = _words(used, starts + len(prefix), sizes - len(prefix))
    return True


def _words(used: npt.NDArray[np.uint8], starts: Sizes, sizes: Sizes | int) -> Words:
    """Read from each start on so many bytes, at most eight, as a number."""
    at_every_byte: Words = np.ndarray(len(used) - WORD + 1, np.uint64, used, strides=(1,))
    last = len(at_every_byte) - 1
    words = at_every_byte.take(starts, mode="clip")
    beyond = np.searchsorted(starts, last)  # these begin less than eight bytes before the end
    words[beyond:] >>= (8 * (starts[beyond:] - last)).astype(np.uint64)
    if np.min(sizes) < WORD:
        words &= MASKS.take(sizes)
    return words
