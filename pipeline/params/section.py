"""What every section of the parameters shares: frozen, no unknown keys, no silent conversions."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Days = Annotated[int, Field(ge=1, le=3660)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """A frozen section: unknown keys, wrong types and infinite numbers are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def read_date(value: object, problem: str) -> date:
    """Read a date from its ISO text, in quotes: a bare one DVC could not read."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(problem)


def at_odds(problem: str, valid: str) -> PydanticCustomError:
    """Refuse keys that do not fit together; no field of its own has the example of what would."""
    return PydanticCustomError("at_odds", "{problem}", {"problem": problem, "valid": valid})
