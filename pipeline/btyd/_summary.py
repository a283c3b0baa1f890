"""Reading a summary table: its columns as numbers, and a refusal that names the rows that are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.btyd._numerics import Floats
from pipeline.errors import UserError


def read(summary: pd.DataFrame, names: Sequence[str], valid: str) -> list[Floats]:
    """The columns as floats, NaN where missing, and the weight of every row, by default 1.

    Raises
    ------
    UserError
        If a column is missing.
    """
    missing = [name for name in names if name not in summary.columns]
    if missing:
        raise UserError(f"the summary has no column {', '.join(missing)}", where="summary", valid=valid)
    columns = [summary[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in names]
    if "weight" in summary.columns:
        return [*columns, summary["weight"].to_numpy(dtype=np.float64, na_value=np.nan)]
    return [*columns, np.ones(len(summary))]


def refuse(summary: pd.DataFrame, rules: Mapping[str, npt.NDArray[np.bool_]], valid: str) -> None:
    """Refuse a summary of which rows break a rule.

    Raises
    ------
    UserError
        For the first rule that is broken, with the number of rows and the first of them.
    """
    for problem, broken in rules.items():
        if broken.any():
            label = summary.index[int(np.flatnonzero(broken)[0])]
            raise UserError(
                f"{int(broken.sum())} rows have {problem}, the first at index {label!r}",
                where="summary",
                valid=valid,
            )
