"""The figures that people know from the papers, by matplotlib: for notebooks, slides and files.

Each function takes a table of plots/*.csv (docs/plots.md) as it was written, and returns a new figure: no
global state, nothing is shown or written. In a notebook the figure is the last line of a cell; in a script
``figure.savefig("tracking.png")``, or `to_svg` for the same bytes each time.
"""

from __future__ import annotations

import io
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_ACTUAL: Final[dict[str, Any]] = {"color": "#0b6e5f", "linewidth": 1.8, "label": "actual"}
_EXPECTED: Final[dict[str, Any]] = {
    "color": "#b4632a",
    "linestyle": "--",
    "linewidth": 1.8,
    "label": "expected",
}
_QUIET: Final = "0.75"
_COLOURS: Final = "viridis"


def tracking(table: pd.DataFrame) -> Figure:
    """Repeat orders by week and so far, expected and actual.

    Parameters
    ----------
    table : DataFrame
        plots/tracking.csv: week, expected, actual, expected_total, actual_total, is_fitted.
    """
    figure, (by_week, so_far) = _panels(2, width=5.5)
    week = pd.to_datetime(table["week"])
    for axes, suffix, title in ((by_week, "", "by week"), (so_far, "_total", "so far")):
        axes.plot(week, table[f"actual{suffix}"], **_ACTUAL)
        axes.plot(week, table[f"expected{suffix}"], **_EXPECTED)
        _upright(axes, week[~table["is_fitted"].astype(bool)].head(1), "not seen by the fit from here")
        axes.set(title=f"Repeat orders {title}", ylim=(0, None))
        axes.tick_params(axis="x", rotation=30)
    by_week.legend()
    return figure


def calibration(by_frequency: pd.DataFrame, by_recency: pd.DataFrame) -> Figure:
    """Mean orders in the holdout, expected and actual, by frequency and by recency.

    Parameters
    ----------
    by_frequency, by_recency : DataFrame
        plots/calibration_by_frequency.csv and calibration_by_recency.csv: group, customers, expected, actual.
    """
    figure, panels = _panels(2)
    titles = ("repeat orders before", "days from the first to the last order")
    for axes, table, title in zip(panels, (by_frequency, by_recency), titles, strict=True):
        names = table["group"].astype(str)
        axes.plot(names, table["actual"], marker="o", **_ACTUAL)
        axes.plot(names, table["expected"], marker="o", **_EXPECTED)
        axes.set(xlabel=title, ylim=(0, None))
        axes.tick_params(axis="x", rotation=30)
    panels[0].set(ylabel="orders per customer in the holdout")
    panels[0].legend()
    return figure


def frequency_recency(table: pd.DataFrame) -> Figure:
    """Expected orders and P(alive) by frequency and recency, of customers of one age.

    Parameters
    ----------
    table : DataFrame
        plots/frequency_recency.csv: frequency, recency, T, expected_orders, p_alive.
    """
    figure, panels = _panels(2, width=5.0, height=4.2)
    for axes, column, title in zip(
        panels, ("expected_orders", "p_alive"), ("Expected orders", "P(alive)"), strict=True
    ):
        cells = table.pivot_table(index="frequency", columns="recency", values=column)
        if cells.empty:
            continue
        mesh = axes.pcolormesh(cells.columns, cells.index, cells, cmap=_COLOURS, shading="nearest")
        figure.colorbar(mesh, ax=axes)
        axes.set(xlabel="days from the first to the last order", ylabel="repeat orders", title=title)
    return figure


def alive_history(table: pd.DataFrame) -> Figure:
    """P(alive) of one customer day by day; dotted lines are the order days.

    Parameters
    ----------
    table : DataFrame
        plots/alive_history.csv: day, orders, p_alive.
    """
    figure, (axes,) = _panels(1, width=8.0, height=3.0)
    day = pd.to_datetime(table["day"])
    axes.plot(day, table["p_alive"], **_ACTUAL | {"label": "P(alive)"})
    _upright(axes, day[table["orders"].diff() != 0], "order")
    axes.set(ylabel="P(alive)", ylim=(0, 1.02))
    axes.legend()
    return figure


def spend_fit(table: pd.DataFrame) -> Figure:
    """Mean amounts of the customers: observed shares and the fitted density.

    Parameters
    ----------
    table : DataFrame
        plots/spend_fit.csv: amount, observed, fitted.
    """
    figure, (axes,) = _panels(1, width=5.5)
    width = table["amount"].diff().median() if len(table) > 1 else 1.0
    axes.bar(table["amount"], table["observed"], width=width, color=_QUIET, label="actual")
    axes.plot(table["amount"], table["fitted"], **_EXPECTED | {"label": "fitted"})
    axes.set(xlabel="mean amount per order day", ylabel="density")
    axes.legend()
    return figure


def heterogeneity(table: pd.DataFrame) -> Figure:
    """How customers differ in their order rate and in their dropout.

    Parameters
    ----------
    table : DataFrame
        plots/heterogeneity.csv: parameter, value, density.
    """
    parameters = table["parameter"].drop_duplicates()
    figure, panels = _panels(max(len(parameters), 1))
    for axes, parameter in zip(panels, parameters, strict=False):
        rows = table[table["parameter"] == parameter]
        axes.plot(rows["value"], rows["density"], **_ACTUAL)
        axes.fill_between(rows["value"], rows["density"], color=_ACTUAL["color"], alpha=0.15)
        axes.set(xlabel=str(parameter).replace("_", " "), ylabel="density", ylim=(0, None))
    return figure


def intervals(totals: pd.DataFrame, coverage: pd.DataFrame, pit: pd.DataFrame) -> Figure:
    """Predictive intervals against what came: totals of past windows, customers by tenth, and the PIT.

    Parameters
    ----------
    totals : DataFrame
        plots/interval_totals.csv: cutoff, orders_low, orders_expected, orders_high, orders_actual.
    coverage : DataFrame
        plots/interval_coverage.csv: tenth; orders, orders_low, orders_high, and the same of spend.
    pit : DataFrame
        plots/pit.csv: probability, orders, spend.
    """
    figure, (by_window, by_tenth, histogram) = _panels(3)
    names = totals["cutoff"].astype(str)
    middle = totals["orders_expected"]
    reach = np.abs(np.array([middle - totals["orders_low"], totals["orders_high"] - middle], dtype=float))
    by_window.errorbar(names, middle, yerr=reach, fmt="_", capsize=4, color=_EXPECTED["color"], label="90 %")
    by_window.plot(names, totals["orders_actual"], "o", color=_ACTUAL["color"], label="actual")
    by_window.set(title="Orders of past windows", ylim=(0, None))
    by_window.tick_params(axis="x", rotation=30)
    by_window.legend()
    by_tenth.axhline(0.8, color=_QUIET, linestyle=":")
    histogram.axhline(0.1, color=_QUIET, linestyle=":")
    for kind, line in (("orders", _ACTUAL), ("spend", _EXPECTED)):
        low, high = coverage[f"{kind}_low"], coverage[f"{kind}_high"]
        by_tenth.fill_between(coverage["tenth"], low, high, color=line["color"], alpha=0.15)
        by_tenth.plot(coverage["tenth"], coverage[kind], marker="o", **line | {"label": kind})
        histogram.step(pit["probability"], pit[kind], where="pre", **line | {"label": kind})
    by_tenth.set(
        title="Inside the 80 % interval", xlabel="tenth of customers by expected orders", ylim=(0, 1)
    )
    by_tenth.legend()
    histogram.set(
        title="Where outcomes lay (PIT)", xlabel="predicted probability", xlim=(0, 1), ylim=(0, None)
    )
    return figure


def to_svg(figure: Figure) -> bytes:
    """Write a new figure as SVG: no date, no random names, so that the same table gives the same bytes."""
    with mpl.rc_context({"svg.hashsalt": "figure"}):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _panels(count: int, *, width: float = 4.5, height: float = 3.5) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width * count, height), layout="constrained")
    return figure, list(figure.subplots(1, count, squeeze=False)[0])


def _upright(axes: Axes, days: pd.Series[pd.Timestamp], label: str) -> None:
    """Draw dotted lines at some days, as high as the axes."""
    where = axes.get_xaxis_transform()
    axes.vlines(days.to_numpy(), 0, 1, transform=where, colors=_QUIET, linestyles=":", label=label)
