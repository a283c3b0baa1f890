"""What pydantic found, told to people: the key, what is wrong with it, and a value that would do."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pipeline.errors import UserError
from pipeline.params.sections import Params


def explain(error: ValidationError) -> UserError:
    """Tell the first offending key of a parameter tree.

    An unknown key is the likelier cause of a missing one: it is told first.
    """
    return _as_user_error(min(error.errors(), key=_urgency))


def _urgency(error: Mapping[str, Any]) -> tuple[bool, bool, bool, int]:
    """Order errors; of the branches of a union, the one that says more than "not this word" comes first."""
    kind = error["type"]
    return kind != "extra_forbidden", kind == "missing", kind == "literal_error", -len(error["loc"])


def _as_user_error(error: Mapping[str, Any]) -> UserError:
    keys = [str(part) for part in error["loc"] if not _is_union_branch(part)]
    name = ".".join(keys)
    parent, example = _look_up(keys)
    where = f"params.yaml: {name}" if name else "params.yaml"
    if error["type"] == "extra_forbidden":
        known = list(parent.model_fields)
        close = difflib.get_close_matches(keys[-1], known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
        return UserError("unknown key", where=where, valid=hint)
    if error["type"] == "missing":
        return UserError("this key is missing", where=where, valid=example or _keys_below(parent, keys[-1]))
    if error["type"] in ("model_type", "model_attributes_type"):
        return UserError("not a section of keys", where=where, valid=_keys_below(parent, keys[-1]))
    problem = str(error["msg"]).removeprefix("Value error, ")
    given = error["input"]
    shown = "" if isinstance(given, Mapping | BaseModel) else f" (got {given!r})"
    valid = error.get("ctx", {}).get("valid", example)
    return UserError(problem[0].lower() + problem[1:] + shown, where=where, valid=valid)


def _is_union_branch(part: object) -> bool:
    """Pydantic adds the tried branch of a union to a location: `literal['latest']`, `int`, `tuple[…]`."""
    return isinstance(part, str) and (
        part.startswith(("literal[", "tuple[")) or part in ("constrained-int", "int", "str")
    )


def _look_up(keys: list[str]) -> tuple[type[BaseModel], str | None]:
    """The section that holds the last key, and an example line for it."""
    section: type[BaseModel] = Params
    example = None
    for key in keys:
        field = section.model_fields.get(key)
        if field is None:
            break
        if field.examples:
            example = f"{key}: {json.dumps(field.examples[0])}"
        inner = _section_in(field.annotation)
        if inner is None:
            break
        if key != keys[-1]:
            section = inner
    return section, example


def _keys_below(parent: type[BaseModel], key: str) -> str | None:
    section = _section_in(parent.model_fields[key].annotation)
    return f"{key}: with {', '.join(section.model_fields)} below it" if section else None


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType):
        return next((found for arg in get_args(annotation) if (found := _section_in(arg))), None)
    return None
