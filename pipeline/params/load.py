"""From the file's text to checked objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unicodedata import normalize

import yaml
from pydantic import ValidationError
from yaml.reader import ReaderError

from pipeline.errors import UserError
from pipeline.params.explain import explain
from pipeline.params.sections import Params
from pipeline.params.sources import Source


class _Loader(yaml.SafeLoader):
    """YAML that refuses a key given twice, where plain YAML keeps the last in silence, and bare dates."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise UserError(
                    "a key is a list or a mapping",
                    where=f"params.yaml, line {key.start_mark.line + 1}",
                    valid="key: value",
                )
            if key.value in seen:
                raise UserError(
                    f"the key {key.value!r} is there twice",
                    where=f"params.yaml, line {key.start_mark.line + 1}",
                    valid="each key once",
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_date(self, node: yaml.ScalarNode) -> None:
        """Refuse what DVC, which reads the same file, stops at with a message of its own."""
        raise UserError(
            f"the date {node.value} stands without quotes, and DVC cannot read it",
            where=f"params.yaml, line {node.start_mark.line + 1}",
            valid=f'"{node.value}"',
        )


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_date)


def load_params(path: Path) -> Params:
    """Read and check a parameter file.

    Raises
    ------
    UserError
        The file is missing, is not YAML, or a key is unknown, missing or has a nonsense value.
    """
    text = _text(path)
    try:
        tree = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UserError(
            f"not YAML: {error.problem}", where=f"{path.name}{line}", valid="key: value"
        ) from None
    except ReaderError as error:
        raise UserError(
            f"the character U+{error.character:04X} has no place in YAML",
            where=_line(path, text[: error.position]),
            valid="the line without it",
        ) from None
    return parse_params(tree)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            "there is no such file here", where=str(path), valid="run in the repository's folder"
        ) from None
    try:
        return normalize("NFC", content.decode("utf-8-sig"))  # as the shop's tables are read
    except UnicodeDecodeError as error:
        raise UserError(
            "the file is not written in UTF-8",
            where=_line(path, content[: error.start].decode()),
            valid="saved by the editor as UTF-8",
        ) from None


def _line(path: Path, before: str) -> str:
    lines = before.count("\n")
    return f"{path.name}, line {lines + 1}"


def parse_params(tree: object) -> Params:
    """Check a parameter tree, as `load_params` does.

    Raises
    ------
    UserError
        Names the first offending key, what is wrong with it, and a value that would do.
    """
    if not isinstance(tree, Mapping):
        raise UserError("empty or not a mapping", where="params.yaml", valid="as_of: latest …")
    try:
        return Params.model_validate(tree)
    except ValidationError as error:
        raise _as_written(explain(error), tree) from None


def _as_written(error: UserError, tree: Mapping[str, Any]) -> UserError:
    """Name the section that is there: order lines can be the log."""
    sources = tree.get("sources")
    if isinstance(sources, Mapping) and sources.get("order_lines") and not sources.get("orders"):
        where = (error.where or "").replace("sources.orders", "sources.order_lines", 1)
        return UserError(error.problem, where=where, valid=error.valid)
    return error


def parse_source(tree: Mapping[str, Any]) -> Source:
    """Check where a table is and how it is written, apart from any parameters.

    Raises
    ------
    UserError
        Says what is wrong with it.
    """
    try:
        return Source.model_validate(tree)
    except ValidationError as error:
        told = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        quoted = "single quotes around it: in others the shell fills $NAME in" if "$NAME" in told else None
        raise UserError(told, valid=quoted) from None
