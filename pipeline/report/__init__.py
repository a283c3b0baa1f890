"""The page people read: charts, texts in two languages, one HTML file."""

from pipeline.report.data import ReportData
from pipeline.report.page import render

__all__ = ["ReportData", "render"]
