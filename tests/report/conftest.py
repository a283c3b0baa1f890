from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import curves, fairness
from pipeline.evaluation.distribution import coverage_by_tenth
from pipeline.evaluation.evaluate import evaluate
from pipeline.evaluation.kinds import CHURN, VALUE
from pipeline.evaluation.reality import COLUMNS
from pipeline.evaluation.rules import CHURN_RULES, VALUE_RULES
from pipeline.evaluation.slices import slices
from pipeline.report.data import ReportData
from pipeline.report.page import render
from pipeline.retention.aggregates import rfm_summary, risk_value_matrix, segment_summary, stage_counts
from pipeline.retention.kpis import cohorts, monthly, retention_kpis
from pipeline.retention.segments import segment_customers

AS_OF, HORIZON = date(2024, 7, 1), 90
CUSTOMERS = 120


def _orders() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    who = np.repeat(np.arange(CUSTOMERS), 1 + np.arange(CUSTOMERS) % 5)
    days = pd.Timestamp("2023-06-01") + pd.to_timedelta(rng.integers(0, 395, len(who)), unit="D")
    keys = [f"secretkey{customer:04}" for customer in who]
    return pd.DataFrame(
        {"customer_key": keys, "ordered_at": days, "amount": rng.integers(5, 90, len(who)) / 1.0}
    )


def _scored(orders: pd.DataFrame) -> pd.DataFrame:
    by = orders.groupby("customer_key")
    last = by["ordered_at"].max()
    scored = pd.DataFrame({"frequency": by["ordered_at"].nunique() - 1, "spend_total": by["amount"].sum()})
    scored["days_since_last"] = (pd.Timestamp(AS_OF) - last).dt.days - 1
    scored["overdue"] = (scored["days_since_last"] / 60).where(scored["frequency"] > 0)
    scored["churn_probability"] = scored["days_since_last"].rank(pct=True)
    scored["expected_spend"] = 40 * (1 - scored["churn_probability"])
    scored["expected_orders"] = scored["expected_spend"] / 20
    scored["orders_sd"], scored["spend_sd"] = 1.0, 30.0
    scored["clv"] = 4 * scored["expected_spend"]
    return scored.reset_index().assign(score_status="scored")


def _evaluation(scored: pd.DataFrame) -> dict[str, Any]:
    probability = scored["churn_probability"].to_numpy()
    rng = np.random.default_rng(3)
    tested = []
    for months in (6, 3):
        churned = rng.random(len(scored)) < probability
        tested.append(
            scored[["customer_key"]].assign(
                cutoff=pd.Timestamp(AS_OF) - pd.DateOffset(months=months),
                active=probability < 0.5,
                churned=churned,
                future_spend=np.where(churned, 0.0, 60.0),
            )
        )
    table = pd.concat(tested, ignore_index=True)
    both = np.tile(probability, 2)
    churn_said = {"model": both, "logistic": both**2} | dict.fromkeys(CHURN_RULES, 0.5)
    value_said = {"model": 40 * (1 - both), "btyd": 30.0} | dict.fromkeys(VALUE_RULES, 20.0)
    spent, expected = table["future_spend"].to_numpy()[-len(scored) :], 40 * (1 - probability)
    how: dict[str, Any] = {"seed": 1, "resamples": 30}
    labels = pd.DataFrame({"buyers": np.where(both < 0.5, "repeat", "one_order")})
    evaluations = {}
    for kind, said, member in ((CHURN, churn_said, "logistic"), (VALUE, value_said, "btyd")):
        rows = table.assign(**said)
        evaluations[f"{kind.name}_evaluation"] = {
            **evaluate(rows, kind, members=[member], rules=kind.rules, **how),
            "slices": slices(rows, kind, labels, **how).to_dict("records"),
        }
    return {
        **evaluations,
        "roc": curves.roc_curve(churned, probability),
        "calibration": curves.calibration_curve(churned, probability),
        "gains": curves.gains_by_decile(churned, probability),
        "value_calibration": curves.value_by_decile(spent, expected),
        "spend_coverage": coverage_by_tenth(expected, (spent < 2 * expected).astype(float)),
    }


def _fit() -> dict[str, Any]:
    """What the page tells of a fit of the lifetime-value models."""
    return {
        "orders": {"parameters": {"r": 0.243, "alpha": 4.414}},
        "spend": {"parameters": {"p": 6.25}},
        "newcomers": {"customers": 80, "repeats": 55, "expected": 60.0, "are_others": False},
        "spend_by_frequency": {
            "model": "gammagamma_by_frequency",
            "spearman": 0.41,
            "independent": False,
            "clv_total_change": -0.083,
            "top_tenth_replaced": 0.125,
        },
        "choice": {
            "model": "mbgnbd",
            "reason": "within_one_standard_error",
            "best": "paretonbd",
            "windows": ["2023-10-01", "2023-11-01", "2023-12-01"],
        },
        "season": {"season": "exposure"},
    }


def _portraits() -> dict[str, Any]:
    """The tables of the figures of the lifetime-value model."""
    return {
        "tracking": pd.DataFrame(
            {
                "week": ["2024-03-18", "2024-03-25", "2024-04-01"],
                "expected": [9.0, 10.0, 11.0],
                "actual": [8, 12, 10],
                "expected_total": [9.0, 19.0, 30.0],
                "actual_total": [8, 20, 30],
                "is_fitted": [True, True, False],
            }
        ),
        "calibration_by_frequency": pd.DataFrame(
            {"group": ["0", "1–4"], "customers": [80, 40], "expected": [0.1, 1.2], "actual": [0.15, 1.0]}
        ),
        "interval_totals": pd.DataFrame(
            {
                "cutoff": ["2023-10-15", "2024-03-15"],
                "orders_low": [80.0, 90.0],
                "orders_expected": [100.0, 110.0],
                "orders_high": [125.0, 135.0],
                "orders_actual": [104, 140],
            }
        ),
        "portraits": {
            "calibration_by_recency": pd.DataFrame(
                {"group": ["0", "1–90"], "customers": [80, 40], "expected": [0.1, 1.2], "actual": [0.15, 1.0]}
            ),
            "interval_coverage": pd.DataFrame(
                {"tenth": [1, 2], "orders": [0.8, 0.78], "orders_low": [0.7, 0.7], "orders_high": [0.9, 0.85]}
            ),
            "frequency_recency": pd.DataFrame(
                {
                    "frequency": [0, 1, 1, 2],
                    "recency": [0, 100, 200, 200],
                    "T": 200,
                    "expected_orders": [0.1, 0.5, 0.9, 1.4],
                    "p_alive": [0.4, 0.6, 0.9, 0.95],
                }
            ),
            "alive_history": pd.DataFrame({"day": ["2023-07-02", "2023-07-03"], "p_alive": [1.0, 0.99]}),
            "spend_fit": pd.DataFrame(
                {"amount": [5.0, 15.0], "observed": [0.02, 0.05], "fitted": [0.03, 0.04]}
            ),
            "heterogeneity": pd.DataFrame(
                {
                    "parameter": ["orders_per_week"] * 2 + ["dropout_probability"] * 2,
                    "value": [0.1, 0.3, 0.2, 0.6],
                    "density": [5.0, 1.0, 2.0, 0.5],
                }
            ),
        },
    }


def _reasons() -> dict[str, Any]:
    """Why customers leave or stay, and what the churn model hangs on."""
    return {
        "reasons": pd.DataFrame(
            {
                "churn_risk": ["high", "high", "low"],
                "reasons_for": ["leaving", "leaving", "staying"],
                "topic": ["recency", "frequency", "frequency"],
                "customers": [41, 20, 30],
                "share": [0.82, 0.4, 1.0],
            }
        ),
        "reason_examples": pd.DataFrame(
            {
                "churn_risk": ["high"] * 4 + ["low"] * 2,
                "topic": ["base", "recency", "frequency", "calendar", "base", "frequency"],
                "contribution": [0.0, 1.5, 0.75, -0.01, 0.0, -2.0],
            }
        ),
        "importance": pd.DataFrame(
            {
                "feature": ["recency", "basket"],
                "log_loss_increase": [0.05, -0.001],
                "low": [0.04, -0.002],
                "high": [0.06, 0.0],
            }
        ),
    }


def _data() -> dict[str, Any]:
    """What was read and what is missing."""
    return {
        "ingest": {
            "rows_read": 12345,
            "accepted_rows": 12340,
            "quarantined": 5,
            "first_order_on": "2023-06-01",
            "rules": {"unreadable_date": 5},
            "sources": {"private/path.csv": {"rows_read": 12345}},
        },
        "tables": {
            "surveys": {
                "rows": 812,
                "buyers_share": 0.25,
                "first_day": "2023-07-01",
                "last_day": "2024-06-30",
                "missing": {"response_id": 0.5, "kind": 0.0},
            }
        },
        "without": [
            {"table": "orders", "columns": ["status"], "features": ["cancelled orders left out"]},
            {"table": "tickets", "columns": [], "features": ["open complaints", "time to answer"]},
        ],
    }


@pytest.fixture(scope="session")
def report() -> ReportData:
    orders = _orders()
    scored = _scored(orders)
    segments = segment_customers(
        scored,
        horizon_days=HORIZON,
        risk_medium=0.4,
        risk_high=0.8,
        value_high_share=0.1,
        value_medium_share=0.3,
    )
    return ReportData(
        title="Möbelhaus",
        language="en",
        currency="EUR",
        as_of=AS_OF,
        horizon_days=HORIZON,
        clv_horizon_days=365,
        margin=1.0,
        kpis={**retention_kpis(orders, AS_OF, HORIZON), "tables": {}},
        monthly=monthly(orders),
        cohorts=cohorts(orders, AS_OF),
        segment_summary=segment_summary(segments),
        stage_counts=stage_counts(segments),
        risk_value=risk_value_matrix(segments),
        rfm=rfm_summary(segments),
        fairness=pd.DataFrame(columns=fairness.COLUMNS),
        reality=pd.DataFrame(columns=list(COLUMNS)),
        forecast={
            "orders": {"expected": 240.0, "low": 201.4, "high": 286.0},
            "spend": {"expected": 2400.0, "low": 1990.0, "high": 2894.5},
            "windows": 5,
            "windows_inside": {"orders": 5, "spend": 4},
            "clv_coverage": {"windows": 2, "low": 0.76, "high": 0.78},
            "clv_came": {"low": 1.34, "high": 1.56},
            "segments": {"regular": {"spend": {"expected": 800.0, "low": 610.0, "high": 1049.0}}},
        },
        lifetime_value=[{"cutoff": "2024-04-02", **_fit()}, {"cutoff": "2024-07-01", **_fit()}],
        run_id="0123456789abcdef",
        is_demo_pepper=False,
        **_portraits(),
        **_reasons(),
        **_data(),
        **_evaluation(scored),
    )


VOID = {"meta", "line", "polyline", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Collects what the tests ask for, and fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data + " "

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attrs.get(name) for found, attrs in self.tags if found == tag]


@pytest.fixture(scope="session")
def page_of() -> Callable[[ReportData], Page]:
    """Write the report and read its page."""
    return lambda report: Page(render(report))


@pytest.fixture(params=["en", "de"])
def localised(request: pytest.FixtureRequest, report: ReportData) -> ReportData:
    return replace(report, language=request.param)
