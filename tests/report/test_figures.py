"""The figures hold the series of their tables, stand without data, and are the same each time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.report import figures
from pipeline.report.data import ReportData


def test_the_tracking_holds_both_series_by_week_and_so_far(report: ReportData) -> None:
    by_week, so_far = figures.tracking(report.tracking).axes
    for axes, suffix in ((by_week, ""), (so_far, "_total")):
        series = {line.get_label(): np.asarray(line.get_ydata()) for line in axes.get_lines()}
        assert set(series) == {"actual", "expected"}
        for name, values in series.items():
            assert values.tolist() == report.tracking[name + suffix].tolist()


def test_nothing_to_show_is_an_empty_figure(report: ReportData) -> None:
    figure = figures.tracking(report.tracking.iloc[:0])
    assert len(figure.axes) == 2
    cells = pd.DataFrame(columns=["frequency", "recency", "T", "expected_orders", "p_alive"])
    assert len(figures.frequency_recency(cells).axes) == 2


def test_the_same_table_gives_the_same_bytes(report: ReportData) -> None:
    one, other = (figures.to_svg(figures.tracking(report.tracking)) for _ in range(2))
    assert one == other
    assert b"<dc:date>" not in one
