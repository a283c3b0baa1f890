"""A model as bytes: a skops archive that is equal for equal models, and safe to read.

Where the history is too short for a classifier, the archive holds None: reading it gives no model, and
nothing can be mistaken for one.

skops writes no executable code, but it names every object by its address in memory and stamps every zip
entry with the time, so two runs differ; so do the bytes between the fields of a tree's nodes, which are
whatever was in memory. Here addresses are replaced by numbers in the order of appearance, times by a
constant and the bytes in between by zeros.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
import skops.io

from pipeline.errors import UserError

TRUSTED_TYPES: tuple[str, ...] = (
    "numpy.dtype",
    "numpy.interp",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)
"""What a stored classifier may hold beyond the estimators and ufuncs skops itself takes for safe."""

SCHEMA = "schema.json"
EPOCH = (1980, 1, 1, 0, 0, 0)


def dump_model(model: Any) -> bytes:
    """Store a fitted model as a skops archive, byte-identical for equal models.

    Parameters
    ----------
    model : fitted scikit-learn estimator, dict or None
        As from `pipeline.churn.blend.assemble` or `pipeline.churn.spend.SpendModel.as_dict`; None where
        there is none.

    Returns
    -------
    bytes
        A zip archive, readable by `load_model` and by ``skops.io.loads``.
    """
    with ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(entries.pop(SCHEMA))
    numbers: dict[object, int] = {}
    _renumber(schema, numbers)
    renamed = {_file_name(name, numbers): _without_gaps(content) for name, content in entries.items()}
    renamed[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    buffer = io.BytesIO()
    # Stored, not deflated: zlib's output is not the same everywhere.
    with ZipFile(buffer, "w") as archive:
        for name in sorted(renamed):
            entry = ZipInfo(name, EPOCH)
            entry.create_system = 3
            archive.writestr(entry, renamed[name])
    return buffer.getvalue()


def _renumber(node: Any, numbers: dict[object, int]) -> None:
    """Replace the addresses in a schema, in place, by numbers in the order of appearance."""
    if isinstance(node, list):
        for child in node:
            _renumber(child, numbers)
    elif isinstance(node, dict):
        for child in node.values():
            _renumber(child, numbers)
        if "__id__" in node:
            # Whether two equal constants share an address is up to the interpreter, so they are told by
            # content.
            same = f"{node['__class__']} {node['content']}" if node.get("is_json") else node["__id__"]
            node["__id__"] = numbers.setdefault(same, len(numbers))
        if "file" in node:
            node["file"] = f"{node['__id__']}.npy"


def _file_name(name: str, numbers: dict[object, int]) -> str:
    return f"{numbers[int(name.removesuffix('.npy'))]}.npy"


def _without_gaps(stored: bytes) -> bytes:
    """Put zeros between the fields of a structured array."""
    array = np.load(io.BytesIO(stored), allow_pickle=False)
    if array.dtype.names is None:
        return stored
    clean = np.zeros(array.shape, array.dtype)
    for field in array.dtype.names:
        clean[field] = array[field]
    buffer = io.BytesIO()
    np.save(buffer, clean, allow_pickle=False)
    return buffer.getvalue()


def trusted_types(data: bytes) -> list[str]:
    """List the types in an archive that skops asks to be trusted, for the model card.

    Raises
    ------
    UserError
        If the bytes are no skops archive.
    """
    try:
        return list(skops.io.get_untrusted_types(data=data))
    except (BadZipFile, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"this is no stored classifier ({error})",
            where="churn model",
            valid="a .skops file written by this pipeline",
        ) from error


def load_model(data: bytes, trusted: Sequence[str] = TRUSTED_TYPES) -> Any:
    """Read a model back.

    Parameters
    ----------
    data : bytes
        As from `dump_model`.
    trusted : sequence of str
        Types to accept; those outside `TRUSTED_TYPES` are refused even when listed here.

    Returns
    -------
    fitted scikit-learn estimator, dict or None
        Its predictions equal those before storing, bit for bit. None where there was too little to learn
        from.

    Raises
    ------
    UserError
        If the bytes are no skops archive, hold a type that is not trusted, or what the scikit-learn installed
        here cannot build.
    """
    accepted = set(trusted) & set(TRUSTED_TYPES)
    foreign = [name for name in trusted_types(data) if name not in accepted]
    if foreign:
        raise UserError(
            f"holds types that are not trusted: {', '.join(foreign)}",
            where="churn model",
            valid=f"only scikit-learn's estimators and {', '.join(TRUSTED_TYPES)}",
        )
    try:
        return skops.io.loads(data, trusted=sorted(accepted))
    except (AttributeError, ImportError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"the scikit-learn installed here, {version('scikit-learn')}, cannot build it ({error})",
            where="churn model",
            valid="a .skops file written with that version",
        ) from error
