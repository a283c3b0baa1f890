"""What the backtest leaves behind: every prediction beside the outcome, and the members compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.churn.backtest import Backtested, log_losses
from pipeline.churn.frame import KEYS, LABELS
from pipeline.churn.members import MEMBERS
from pipeline.churn.spend import SPEND_MEMBERS

BACKTEST = {
    "customer_key": "str",
    "cutoff": "datetime64[us]",
    "churned": "bool",
    "future_orders": "float64",
    "future_spend": "float64",
    "churn_probability": "float64",
    "expected_spend": "float64",
}
"""Columns of the backtest that are there whatever the members."""

NORMAL_95 = 1.96  # standard errors on either side


def backtest_table(rows: Sequence[pd.DataFrame], tested: Sequence[Backtested]) -> pd.DataFrame:
    """Put what was said at every origin beside what then happened.

    Parameters
    ----------
    rows : sequence of pandas.DataFrame
        The customers at each origin, tested or not, ascending.
    tested : sequence of Backtested
        The origins at which there was a model.

    Returns
    -------
    pandas.DataFrame
        One row per customer and origin: keys, labels, ``churn_probability``, ``expected_spend``, and
        ``p_<member>`` and ``spend_<member>`` for each member that any origin had; what was not predicted is
        missing.
    """
    if not rows:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in BACKTEST.items()})
    predictions = {each.cutoff: each.predictions() for each in tested}
    tables = []
    for at_origin in rows:
        unpredicted = at_origin[["expected_spend"]].assign(churn_probability=np.nan)
        said = predictions.get(at_origin["cutoff"].iloc[0].date(), unpredicted)
        tables.append(at_origin[[*KEYS, *LABELS]].join(said))
    members = [*(f"p_{name}" for name in MEMBERS), *(f"spend_{name}" for name in SPEND_MEMBERS)]
    table = pd.concat(tables, ignore_index=True).astype(BACKTEST)
    return table[[*BACKTEST, *(name for name in members if name in table)]]


def table_of_members(tested: Sequence[Backtested]) -> list[dict[str, Any]]:
    """Compare members and blend at each origin, for the model card.

    Returns
    -------
    list of dict
        By origin: ``cutoff``, ``customers``, ``level_shift``, and by member and for the blend the ``weight``
        and the ``log_loss`` with its 95 % interval {value, low, high}.
    """
    return [_compared(each) for each in tested]


def mean_with_interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Give the mean over customers, one row each, with the normal interval, as a bootstrap would give it."""
    mean, error = float(values.mean()), float(values.std() / np.sqrt(len(values)))
    return {"value": mean, "low": mean - NORMAL_95 * error, "high": mean + NORMAL_95 * error}


def _compared(tested: Backtested) -> dict[str, Any]:
    learned = tested.learned
    line = learned.calibration.line
    return {
        "cutoff": tested.cutoff.isoformat(),
        "customers": len(tested.rows),
        "level_shift": learned.level_shift,
        "calibration": line._asdict(),
        "blend": {"log_loss": mean_with_interval(log_losses(tested.blend(), tested.churned))},
        "members": {
            name: {
                "weight": learned.weights[name],
                "log_loss": mean_with_interval(log_losses(tested.log_odds[name].to_numpy(), tested.churned)),
            }
            for name in learned.members
        },
    }
