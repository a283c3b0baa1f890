"""The pictures of the lifetime model in the page."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pipeline.report import charts
from pipeline.report.data import ReportData
from pipeline.report.formats import Formats
from pipeline.report.portraits import inside
from pipeline.report.texts import Texts


def _inside(report: ReportData) -> list[str]:
    return [chart.title for chart in inside(report, Texts("en"), Formats("en", "EUR"))]


def test_every_figure_of_the_papers_is_there(report: ReportData) -> None:
    assert len(_inside(report)) == 9  # the matrix is two, and so is how customers differ
    assert len(set(_inside(report))) == 9


def test_what_is_not_known_is_not_drawn(report: ReportData) -> None:
    empty = {name: table.iloc[:0] for name, table in report.portraits.items()}
    assert _inside(replace(report, portraits=empty, tracking=report.tracking.iloc[:0])) == []
    assert _inside(replace(report, portraits={}, tracking=report.tracking.iloc[:0])) == []


def test_a_matrix_has_a_cell_for_each_row_darker_the_larger() -> None:
    svg = charts.cells(
        "Matrix", [0, 10, 10], [0, 0, 2], [0.5, 1.0, 2.0],
        axis=str, number=str, x_title="days", y_title="orders",
    )  # fmt: skip
    assert svg.count("<rect") == 3
    assert [f'opacity="{share}"' in svg for share in ("0.25", "0.50", "1.00")] == [True] * 3
    assert "days 10, orders 2: 2.0" in svg


def test_nothing_expected_is_one_line() -> None:
    one, both = (
        charts.lines("L", ["a", "b"], [1.0, 2.0], expected, axis=str, y_title="")
        for expected in ([], pd.Series([1.0, 1.0]).tolist())
    )
    assert (one.count("polyline"), both.count("polyline")) == (1, 2)
