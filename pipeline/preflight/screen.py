"""The preflight report as one screen for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from pipeline.counted import counted
from pipeline.preflight.age import age, over
from pipeline.preflight.closures import closure
from pipeline.preflight.floors import PREDICTIONS, Floor, read_floors, unmet, why
from pipeline.preflight.horizon import longer_horizon

NOTHING = "–"
MOST_COLUMNS = 3
LEFT_OUT = {
    "empty_rows": "empty",
    "missing_customer_id": "without a customer",
    "cancelled": "cancelled",
    "test_accounts": "of test accounts",
    "duplicates": "repeated",
}


def screen(report: Mapping[str, Any], today: date | None) -> RenderableType:
    """Lay out a report of `preflight`: the log, its rhythm, the other tables, the horizon, the floors.

    Without today, as of a replay, nothing is old.
    """
    parts: list[RenderableType] = [
        *_old(report, today),
        _facts(report, today),
        _horizons(report),
        *_tables(report),
        _floors(read_floors(report)),
    ]
    return Group(*(row for part in parts for row in ("", part)), *_verdict(report), *_without(report), "")


def _old(report: Mapping[str, Any], today: date | None) -> Iterator[str]:
    last, as_of = (date.fromisoformat(day) for day in (report["coverage"]["last_day"], report["as_of"]))
    if today and (told := over(last, as_of, report["horizon"]["configured"]["days"], today)):
        yield f"[bold yellow]Old:[/] {told}."


def _facts(report: Mapping[str, Any], today: date | None) -> Table:
    table = Table(
        title=f"The order log as of {report['as_of']}", title_justify="left", box=None, show_header=False
    )
    table.add_column(style="bold")
    table.add_column()
    for name, text in _fact_lines(report, today):
        table.add_row(name, escape(text))
    return table


def _fact_lines(report: Mapping[str, Any], today: date | None) -> Iterator[tuple[str, str]]:
    log, spread, gaps = report["coverage"], report["orders_per_customer"], report["gap_days"]
    days, repeat = counted(log["days_with_orders"]), counted(gaps["repeat_customers"])
    gone = f", {log['given_everything_back']:,} of whom gave all back" if log["given_everything_back"] else ""
    extent = f"{counted(log['orders']):order/orders} of {counted(log['customers']):customer/customers}"
    yield "extent", extent + gone
    yield "dates", f"{log['first_day']} to {log['last_day']}, orders on {days:day/days}"
    freshness = f"last order {counted(log['days_since_last_order']):day/days} before as_of"
    before_today = f", {age(date.fromisoformat(log['last_day']), today)} before today" if today else ""
    yield "freshness", freshness + before_today
    yield "silent days", _silent_text(report["silent_days"])
    missing = ", ".join(f"{column} {_percent(share)}" for column, share in report["missing"].items())
    yield "unreadable", missing
    left_out = [f"{rows:,} {LEFT_OUT[why]}" for why, rows in report["left_out"].items() if rows]
    if left_out:
        yield "left out", f"rows: {', '.join(left_out)}"
    yield (
        "orders per customer",
        f"mean {spread['mean']:.2f}; half have up to {spread['p50']:,}, 90 % up to {spread['p90']:,}, "
        f"99 % up to {spread['p99']:,}, one has {spread['max']:,}; "
        f"{_percent(spread['one_day_share'])} ordered on one day only",
    )
    quantiles = ", ".join(
        f"{name[1:]} % {_days(gaps[name])}" for name in ("p10", "p25", "p50", "p75", "p90", "p95")
    )
    yield "days between orders", f"within: {quantiles}" if gaps["gaps"] else "nobody ordered on two days"
    if gaps["gaps"]:
        means = f"half up to {_days(gaps['customer_p50'])}, 90 % up to {_days(gaps['customer_p90'])}"
        yield "mean gap per customer", f"{means} ({repeat:repeat customer/repeat customers})"


def _silent_text(silent: Mapping[str, Any]) -> str:
    if not silent["days"]:
        return "none on which the weekday pattern expects orders"
    runs = ", ".join(
        run["from"] if run["days"] == 1 else f"{run['from']} to {run['to']}" for run in silent["longest"][:3]
    )
    return f"{silent['days']:,} in runs where the weekday pattern expects orders, such as {runs}"


def _horizons(report: Mapping[str, Any]) -> Table:
    horizon = report["horizon"]
    table = Table(title="Churn horizon", title_justify="left", box=None, header_style="bold")
    for name in ("", "days", "called churned", "of them back in the next horizon"):
        table.add_column(name, justify="left" if not name else "right")
    for name in ("configured", "recommended"):
        at = horizon[name]
        cells = (
            (f"{at['days']}", _percent(at["label_rate"]), _percent(at["revival_rate"]))
            if at
            else (NOTHING,) * 3
        )
        table.add_row(name, *cells)
    table.caption = (
        "Recommended: nine of ten repeat orders arrive within it, rounded to a length people plan in that "
        f"fits three times into the log. Learning and testing work up to "
        f"{counted(horizon['longest']):day/days}{_room(report)}."
    )
    table.caption_justify = "left"
    return table


def _room(report: Mapping[str, Any]) -> str:
    """Say what makes room for the recommended horizon, where the history kept before it leaves too little."""
    recommended, longest = report["horizon"]["recommended"], report["horizon"]["longest"]
    if not recommended or recommended["days"] <= longest:
        return ""
    days_of_log = next(floor.found for floor in read_floors(report) if floor.name == "history_days")
    history = days_of_log - 2 * recommended["days"]
    return f", up to {recommended['days']} with snapshots.min_history_days: {history}"


def _tables(report: Mapping[str, Any]) -> Iterator[Table]:
    if not report["tables"]:
        return
    table = Table(title="Other tables", title_justify="left", box=None, header_style="bold")
    for name in ("table", "rows", "of the buyers", "dates", "missing", "not found"):
        table.add_column(name, justify="right" if name in ("rows", "of the buyers") else "left")
    for name, found in report["tables"].items():
        dates = f"{found['first_day']} to {found['last_day']}" if found["last_day"] else NOTHING
        shares = (_shares(found[kind]) for kind in ("missing", "unknown"))
        table.add_row(
            name, f"{found['rows']:,}", _percent(found["buyers_share"]), dates, *map(escape, shares)
        )
    yield table


def _shares(by_column: Mapping[str, float | None]) -> str:
    """Name the columns with the largest shares above nothing."""
    found = sorted(((share, name) for name, share in by_column.items() if share), reverse=True)
    return ", ".join(f"{name} {_percent(share)}" for share, name in found[:MOST_COLUMNS]) or NOTHING


def _without(report: Mapping[str, Any]) -> Iterator[str]:
    if report["without"]:
        yield "\n[bold]Not there[/] (docs/tables.md), and what therefore is not:"
    for off in report["without"]:
        columns = f" without {', '.join(off['columns'])}" if off["columns"] else ""
        yield f"  {off['table']}{escape(columns)}: {escape(', '.join(off['features']))}"


def _floors(floors: list[Floor]) -> Table:
    table = Table(title="Data floors", title_justify="left", box=None, header_style="bold")
    table.add_column("floor")
    for name in ("found", "needed"):
        table.add_column(name, justify="right")
    table.add_column("for")
    table.add_column("")
    for floor in floors:
        verdict = "[green]met[/]" if floor.ok else "[bold red]not met[/]"
        if floor.is_scarce:
            verdict = f"[yellow]scarce, {floor.comfortable:,} are comfortable[/]"
        needed = f"{'at most' if floor.at_most else 'at least'} {floor.needed:,}"
        table.add_row(floor.name, f"{floor.found:,}", needed, PREDICTIONS[floor.switches_off], verdict)
    return table


def _verdict(report: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    if told := closure(report):
        yield f"[bold yellow]A gap:[/] {told}.\n"
    if not report["switched_off"]:
        yield "[bold green]Everything can be predicted.[/]"
    for prediction in report["switched_off"]:
        reasons = escape(why(unmet(report, prediction)))
        yield f"[bold yellow]Switched off:[/] {PREDICTIONS[prediction]}: {reasons}."
    if days := longer_horizon(report):
        yield f"More of them come back within the recommended churn.horizon_days: {days}."
    if off := report["switched_off"]:
        kept = [what for prediction, what in PREDICTIONS.items() if prediction not in off]
        given = ", ".join(["KPIs, RFM groups", *kept] if kept else ["KPIs and RFM groups"])
        yield f"{given} are given all the same; score_status says insufficient_history."


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f} %"


def _days(days: float | None) -> str:
    return NOTHING if days is None else f"{days:,.0f}"
