"""What the order log can carry: its extent, its holes, its rhythm, and the floors it meets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.engine import duck
from pipeline.engine.duck import Connection
from pipeline.features import NO_RETURNS, CutoffPlan, Cutoffs, OpenDays, births_known_from, plan_cutoffs
from pipeline.preflight.floors import Facts, floors
from pipeline.preflight.horizon import recommend_horizon
from pipeline.preflight.tables import describe_tables, switched_off
from pipeline.tables.io import to_pandas
from pipeline.tables.rules import LEFT_OUT, RULES

# Seven expected orders: under a Poisson law a day stays empty in fewer than one case in a thousand (exp(-7)).
FEWEST_EXPECTED = 7
RUNS_NAMED = 10
REQUIRED = ("customer_id", "ordered_at", "amount")
COLUMN_OF_RULE = {rule.name: rule.role for rule in RULES if rule.role}


def preflight(
    orders: pd.DataFrame,
    ingest: Mapping[str, Any],
    as_of: date,
    plan: CutoffPlan,
    *,
    returns: pd.DataFrame | None = None,
    births_from: date | None = None,
) -> dict[str, Any]:
    """Describe an order log and say what can be predicted from it.

    Parameters
    ----------
    orders : DataFrame
        `customer_key`, `ordered_at`; at least one row before `as_of`, any row order.
    ingest : mapping
        The counts of the ingest: `rows_read`, `after_as_of`, `quarantined`, `rules` by name, `policies`, and
        `tables`.
    as_of : date
        The first day that is not known.
    plan : CutoffPlan
        With the configured churn horizon, to stand beside the recommended one.
    returns : DataFrame, optional
        As in `pipeline.features.customer_days`: who has given everything back is no customer to learn from.
    births_from : date, optional
        Lifetime models learn only from customers whose first order is no earlier, and cutoffs are planned as
        if the log began there.

    Returns
    -------
    dict
        For JSON; docs/preflight.md explains each part.
    """
    with duck.connect() as con:
        duck.register(con, "orders", orders)
        duck.register(con, "returns", NO_RETURNS if returns is None else returns)
        duck.run(con, f"CREATE TEMP TABLE days AS {_sql('days')}", {"as_of": as_of}, name="days")
        shape, rhythm = _rows(con, "shape", births_from=births_from).iloc[0], _rows(con, "rhythm").iloc[0]
        silent = _rows(con, "silent_days", fewest_expected=FEWEST_EXPECTED)
        first_day, last_day = (pd.Timestamp(shape[name]).date() for name in ("first_day", "last_day"))
        learned_from = births_known_from(first_day, births_from)
        days_of_log = (as_of - learned_from).days
        open_days = OpenDays(orders["ordered_at"])
        recommended, horizon_days = recommend_horizon(_number(rhythm["p90"]), days_of_log), plan.horizon_days
        cutoffs = plan_cutoffs(learned_from, as_of, replace(plan, origins=1), open_days.tells)
        windows = [
            *_judged_by(cutoffs, horizon_days),
            *_past_horizons({horizon_days, recommended or horizon_days}, as_of),
        ]
        outcomes = _outcomes(con, windows)
    held = floors(
        _facts(shape, outcomes, cutoffs, days_of_log, (as_of - last_day).days),
        horizon_days=horizon_days,
        min_history_days=plan.min_history_days,
        has_births_from=births_from is not None,
    )
    return {
        "as_of": as_of.isoformat(),
        "coverage": _coverage(shape, first_day, last_day, as_of),
        "silent_days": _silent(silent),
        "closures": [_run(*closure, closure.days) for closure in open_days.closures(as_of)],
        "orders_per_customer": _spread(shape),
        "gap_days": _rhythm(rhythm),
        "missing": _missing(ingest),
        "left_out": {why: ingest["policies"][why] for why in LEFT_OUT},
        "horizon": {
            "configured": _at(horizon_days, outcomes),
            "recommended": _at(recommended, outcomes) if recommended else None,
            "longest": max((days_of_log - plan.min_history_days) // 2, 0),
        },
        "tables": describe_tables(ingest, int(shape["customers"]), as_of),
        "without": switched_off(ingest),
        "floors": [floor.as_dict() for floor in held],
        "switched_off": sorted({floor.switches_off for floor in held if not floor.ok}),
    }


_NOBODY = {"customers": 0, "churned": 0, "retained": 0, "revived": 0}


def _judged_by(cutoffs: Cutoffs, horizon_days: int) -> Iterator[tuple[str, date, int]]:
    """Name the window that a classifier is tested on, and those it learns from before."""
    yield "test", cutoffs.holdout or cutoffs.score - timedelta(days=horizon_days), horizon_days
    yield from (("learn", day, horizon_days) for day in cutoffs.training)


def _past_horizons(horizons: set[int], as_of: date) -> Iterator[tuple[str, date, int]]:
    """Name the last observed window of each horizon, and the one before it, whose silent may be back."""
    for days in sorted(horizons):
        yield f"last {days}", as_of - timedelta(days=days), days
        yield f"before {days}", as_of - timedelta(days=2 * days), days


def _outcomes(con: Connection, windows: list[tuple[str, date, int]]) -> dict[str, dict[str, int]]:
    """Count customers, churned, retained, and those of the churned who ordered in the next window."""
    table = pd.DataFrame(
        {
            "name": [name for name, _, _ in windows],
            "start": pd.to_datetime([start for _, start, _ in windows]),
            "end": pd.to_datetime([start + timedelta(days=days) for _, start, days in windows]),
            "later": pd.to_datetime([start + timedelta(days=2 * days) for _, start, days in windows]),
        }
    )
    duck.register(con, "windows", table)
    rows = _rows(con, "outcomes").to_dict("records")
    return {row["name"]: {name: int(row[name]) for name in _NOBODY} for row in rows}


def _facts(
    shape: Any,
    outcomes: Mapping[str, Mapping[str, int]],
    cutoffs: Cutoffs,
    days_of_log: int,
    days_since_last_order: int,
) -> Facts:
    """Gather what the floors are held against; of learning and testing, the scarcer counts."""
    windows = [outcomes.get(name, _NOBODY) for name in (("test", "learn") if cutoffs.training else ("test",))]
    return Facts(
        buyers=int(shape["learned_customers"]),
        frequent_buyers=int(shape["learned_frequent_customers"]),
        days_of_log=days_of_log,
        days_since_last_order=days_since_last_order,
        churned=min(window["churned"] for window in windows),
        retained=min(window["retained"] for window in windows),
    )


def _at(days: int, outcomes: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    last, before = outcomes.get(f"last {days}", _NOBODY), outcomes.get(f"before {days}", _NOBODY)
    return {
        "days": days,
        "label_rate": _share(last["churned"], last["customers"]),
        "revival_rate": _share(before["revived"], before["churned"]),
    }


def _coverage(shape: Any, first_day: date, last_day: date, as_of: date) -> dict[str, Any]:
    return {
        "customers": int(shape["customers"]),
        "given_everything_back": int(shape["given_back"]),
        "orders": int(shape["orders"]),
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "days_of_log": (as_of - first_day).days,
        "days_with_orders": int(shape["days_with_orders"]),
        "days_since_last_order": (as_of - last_day).days,
    }


def _silent(runs: pd.DataFrame) -> dict[str, Any]:
    """Sum up the runs of silent days and name the longest."""
    longest = runs.sort_values(["days", "first_day"], ascending=[False, True]).head(RUNS_NAMED)
    return {
        "days": int(runs["days"].sum()),
        "runs": len(runs),
        "longest": list(map(_run, longest["first_day"], longest["last_day"], longest["days"])),
    }


def _run(first: date, last: date, days: int) -> dict[str, Any]:
    return {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}", "days": int(days)}


def _spread(shape: Any) -> dict[str, Any]:
    customers = int(shape["customers"])
    return {
        "mean": _share(int(shape["orders"]), customers),
        **{name: int(shape[f"orders_{name}"]) for name in ("p50", "p90", "p99", "max")},
        "one_day_share": _share(int(shape["one_day_customers"]), customers),
        "three_days": int(shape["frequent_customers"]),
    }


def _rhythm(rhythm: Any) -> dict[str, Any]:
    counts = ("gaps", "repeat_customers")
    spread = {str(name): _number(value) for name, value in rhythm.items() if name not in counts}
    return {**{name: int(rhythm.loc[name]) for name in counts}, **spread}


def _missing(ingest: Mapping[str, Any]) -> dict[str, float | None]:
    """Share of the visible rows that lack a readable value, by column: a row is quarantined for one."""
    visible = ingest["rows_read"] - ingest["after_as_of"]
    lacking = dict.fromkeys(REQUIRED, 0)  # of the others, those that lack something
    for rule, rows in ingest["rules"].items():
        if column := COLUMN_OF_RULE.get(rule):
            lacking[column] = lacking.get(column, 0) + rows
    return {column: _share(rows, visible) for column, rows in lacking.items()}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _rows(con: Connection, name: str, **parameters: object) -> pd.DataFrame:
    return to_pandas(duck.arrow(con, _sql(name), parameters, name=name))


def _sql(name: str) -> str:
    return duck.sql_file("pipeline.preflight", f"{name}.sql")
