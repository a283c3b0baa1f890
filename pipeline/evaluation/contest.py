"""The table that is judged: at every origin, what the model, its members and the simple rules said."""

from __future__ import annotations

import pandas as pd

from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.kinds import CHURN, VALUE, Kind
from pipeline.evaluation.rules import churn_rules, known_rows, value_rules

ACTIVE_HORIZONS = 2  # the long gone churn again and again: they are easy to rank and do not change
RULES_READ = (
    *("customer_key", "cutoff", "first_order_on", "days_since_last", "frequency", "T"),
    *("overdue", "spend_total", "spend_horizon", "churned", "future_spend"),
)
"""The columns of the snapshots that `with_rules` reads."""


def with_rules(backtest: pd.DataFrame, snapshots: pd.DataFrame, *, horizon_days: int) -> pd.DataFrame:
    """Put the simple rules' predictions beside the models', each learned on what was known at the origin.

    Parameters
    ----------
    backtest : pandas.DataFrame
        One row per customer and origin: ``customer_key``, ``cutoff``, what happened, and the predictions.
    snapshots : pandas.DataFrame
        Features and labels at the origins and at earlier cutoffs.
    horizon_days : int

    Returns
    -------
    pandas.DataFrame
        The backtest sorted by cutoff and customer, with ``active`` (an order within the two horizons before
        the cutoff), ``frequency`` and ``first_order_on`` of the snapshot, and a column for each rule:
        ``rule_churn_<name>``, ``rule_spend_<name>``.
    """
    rules = [f"{kind.rule_prefix}{rule}" for kind in (CHURN, VALUE) for rule in kind.rules]
    columns = [*backtest, "active", "frequency", "first_order_on", *rules]
    if backtest.empty:
        return backtest.reindex(columns=columns).astype({"active": "bool"})
    found = []
    for origin, said in backtest.groupby("cutoff", sort=True):
        known = known_rows(snapshots, said["cutoff"].iloc[0].date(), horizon_days)
        then = snapshots[snapshots["cutoff"] == origin].set_index("customer_key")
        rows = said.sort_values("customer_key", ignore_index=True)
        now = then.loc[rows["customer_key"]].reset_index(drop=True)
        found.append(
            rows.assign(active=are_active(now["days_since_last"], horizon_days))
            .join(now[["frequency", "first_order_on"]])
            .join(churn_rules(known, now).add_prefix(CHURN.rule_prefix))
            .join(value_rules(known, now, horizon_days).add_prefix(VALUE.rule_prefix))
        )
    return pd.concat(found, ignore_index=True)[columns]


def are_active(days_since_last: pd.Series[float], horizon_days: int) -> pd.Series[bool]:
    """Tell who had an order within the two horizons before the cutoff."""
    return days_since_last < ACTIVE_HORIZONS * horizon_days


def contest(rows: pd.DataFrame, kind: Kind) -> tuple[pd.DataFrame, list[str]]:
    """Give the predictions of one kind plain names; rows without a model's prediction are left out.

    Parameters
    ----------
    rows : pandas.DataFrame
        As from `with_rules`.
    kind : Kind

    Returns
    -------
    table : pandas.DataFrame
        ``customer_key``, ``cutoff``, ``active``, what happened, ``model``, and a column for each member and
        rule, indexed as the rows.
    members : list of str
    """
    members = {
        str(name): str(name).removeprefix(kind.member_prefix)
        for name in rows
        if str(name).startswith(kind.member_prefix)
    }
    rules = {f"{kind.rule_prefix}{name}": name for name in kind.rules}
    names = {kind.prediction: MODEL, **members, **rules}
    table = rows[["customer_key", "cutoff", "active", kind.actual, *names]].rename(columns=names)
    return table.dropna(subset=[MODEL]), list(members.values())
