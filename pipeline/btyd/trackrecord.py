"""One cutoff after the other: intervals, what then came, and what that teaches the intervals that follow."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd import pit
from pipeline.btyd._numerics import Floats, Ints
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.outlook import CLV, EXPECTED, KINDS, Outlook, is_known, outlook
from pipeline.btyd.totals import CommonError, PastTotal, common_error, total_interval

_TENTHS = 10
_NEEDED_WINDOWS = 3


class _Prediction(NamedTuple):
    cutoff: date
    corrected_by: date | None
    spreads: dict[str, pit.Spread]
    outlook: Outlook
    errors: dict[str, CommonError]
    has_season: bool


class _Window(NamedTuple):
    """A prediction whose window has come; clv: its totals, empty where its longer horizon has not."""

    prediction: _Prediction
    end: date
    clv_end: date
    expected: dict[str, Floats]
    totals: dict[str, PastTotal]
    clv: dict[str, float]

    def taught(self, kind: str) -> pit.Spread:
        """How wide the intervals should have been."""
        return pit.learn_spread(*self.prediction.outlook.ranges[kind], self.expected[EXPECTED[kind]])


class TrackRecord:
    """Predicts at ascending cutoffs and remembers how the earlier predictions turned out.

    At each cutoff only windows that had ended by then count: the latest tells how wide the customers'
    intervals have to be, all of them how far totals miss. Once three have ended that were predicted with a
    season, a total with a season is judged by those alone: the others missed the season itself. The CLV has
    a longer horizon: until one of its own has ended, its intervals are as wide as those of the spend, but no
    narrower than modelled: where customers buy regularly, little can go wrong in one horizon and much in a
    year.

    Parameters
    ----------
    horizon_days, clv_horizon_days : int
        Of the orders and the spend, and of the CLV.
    """

    def __init__(self, horizon_days: int, clv_horizon_days: int) -> None:
        """Start without a past."""
        self.horizon_days = horizon_days
        self.clv_horizon_days = clv_horizon_days
        self._predictions: list[_Prediction] = []
        self._windows: list[_Window] = []

    def predict(
        self,
        cutoff: date,
        model: CountModel,
        spend: GammaGamma,
        summary: pd.DataFrame,
        values: pd.DataFrame,
        clock: Clock = CALENDAR,
    ) -> pd.DataFrame:
        """Give the intervals of the customers at a cutoff; compare them with what came, where that is known.

        Parameters
        ----------
        cutoff : date
            Later than those before.
        model, spend : fitted models
        summary : DataFrame
            Histories and spend; `future_orders` and `future_spend` (missing where not yet known), and, if
            its horizon has passed for all customers, `future_clv` (`realised_value`).
        values : DataFrame
            The result of `lifetime_value` for it.
        clock : Clock, optional
            On which the model was fitted and `values` were made; the calendar by default.

        Returns
        -------
        DataFrame
            The columns of `OUTLOOK`, indexed like the summary.
        """
        summary = clock.summary(summary, cutoff)
        soon, later = (
            clock.horizon(cutoff, horizon) for horizon in (self.horizon_days, self.clv_horizon_days)
        )
        ended = [one for one in self._windows if one.end <= cutoff]
        latest = ended[-1] if ended else None
        spreads = dict.fromkeys(KINDS, pit.AS_MODELLED)
        if latest is not None:
            spreads = {kind: latest.taught(kind) for kind in KINDS}
        whole = [one for one in ended if one.clv and one.clv_end <= cutoff]
        spreads[CLV] = whole[-1].taught(CLV) if whole else spreads["spend"].no_narrower()
        seasonal = [one for one in ended if one.prediction.has_season]
        comparable = seasonal if clock.has_season and len(seasonal) >= _NEEDED_WINDOWS else ended
        predicted = outlook(
            model,
            spend,
            summary,
            values,
            spreads,
            horizon_days=soon,
            clv_horizon_days=later,
        )
        errors = {
            kind: common_error([one.totals[kind] for one in comparable], predicted.parameter_sd[kind])
            for kind in KINDS
        }
        corrected_by = latest and latest.prediction.cutoff
        # The table is the caller's: kept for every cutoff, it would be most of the memory.
        kept = replace(predicted, table=predicted.table.iloc[:0])
        prediction = _Prediction(cutoff, corrected_by, spreads, kept, errors, clock.has_season)
        self._predictions.append(prediction)
        if is_known(summary, "orders"):
            self._windows.append(self._compare(prediction, summary, values))
        return predicted.table

    @property
    def spend_spread(self) -> pit.Spread:
        """How wide the intervals of the spend are at the latest cutoff."""
        return self._predictions[-1].spreads["spend"]

    def _compare(self, prediction: _Prediction, summary: pd.DataFrame, values: pd.DataFrame) -> _Window:
        start, totals = prediction.cutoff, prediction.outlook.totals
        end, clv_end = (start + timedelta(days=days) for days in (self.horizon_days, self.clv_horizon_days))
        actual = {kind: math.fsum(summary[f"future_{kind}"]) for kind in KINDS}
        past = {kind: PastTotal(start, end, totals[kind], actual[kind]) for kind in KINDS}
        clv = {}
        if is_known(summary, CLV):
            clv = {"expected": math.fsum(values["clv"]), "actual": math.fsum(summary["future_clv"])}
        expected = {name: values[name].to_numpy() for name in EXPECTED.values()}
        return _Window(prediction, end, clv_end, expected, past, clv)

    def metrics(self) -> dict[str, Any]:
        """The forecast of the last cutoff, and how the intervals of those before did; JSON types."""
        if not self._predictions:
            return {}
        return {
            "forecast": _forecast(self._predictions[-1]),
            "windows_inside": {
                kind: sum(_tested_total(one, kind)["inside"] for one in self._windows) for kind in KINDS
            },
            "windows": [_tested(one) for one in self._windows],
        }

    def histogram(self) -> pd.DataFrame:
        """Share of the latest outcomes in each tenth of their predicted distributions: 0.1 if they are right.

        Returns
        -------
        DataFrame
            `probability` (upper edge of the tenth), the shares `orders` and `spend`; empty where nothing has
            come yet.
        """
        columns: dict[str, Floats] = {name: np.zeros(0) for name in ("probability", *KINDS)}
        for last in self._windows[-1:]:
            widths, ranges = last.prediction.outlook.half_widths, last.prediction.outlook.ranges
            columns = {"probability": (1.0 + np.arange(_TENTHS)) / _TENTHS} | {
                kind: np.array(pit.histogram(*ranges[kind], widths[kind], _TENTHS)) for kind in KINDS
            }
        return pd.DataFrame(columns)

    def coverage_by_tenth(self) -> pd.DataFrame:
        """Coverage of the latest 80 % intervals by tenths of the customers, those who order least first.

        Returns
        -------
        DataFrame
            `tenth`, `customers`, `expected_orders` (mean); of `orders` and `spend` the coverage, and its
            confidence interval `orders_low`, `orders_high`, `spend_low`, `spend_high`.
        """
        rows = []
        for last in self._windows[-1:]:
            ranges = last.prediction.outlook.ranges
            # By what they have in store, so that the rows' order does not decide who is in which tenth.
            expected = last.expected["expected_orders"]
            order = np.lexsort((*ranges["spend"], *ranges["orders"], expected))
            for number, tenth in enumerate(np.array_split(order, _TENTHS), start=1):
                if len(tenth):
                    found = [_coverage(last, kind, tenth) for kind in KINDS]
                    mean = math.fsum(expected[tenth]) / len(tenth)
                    rows.append((number, len(tenth), mean, *found[0], *found[1]))
        measured = [name for kind in KINDS for name in (kind, f"{kind}_low", f"{kind}_high")]
        return pd.DataFrame(rows, columns=["tenth", "customers", "expected_orders", *measured])


def _coverage(one: _Window, kind: str, rows: Ints | slice = slice(None)) -> pit.Coverage:
    low, high = one.prediction.outlook.ranges[kind]
    width = one.prediction.outlook.half_widths[kind]
    return pit.coverage(low[rows], high[rows], width[rows])


def _forecast(one: _Prediction) -> dict[str, Any]:
    return {
        "cutoff": one.cutoff.isoformat(),
        "corrected_by": one.corrected_by and one.corrected_by.isoformat(),
        "parameter_uncertainty": one.outlook.parameter_uncertainty,
        **{
            kind: {
                "expected": one.outlook.totals[kind].expected,
                **total_interval(one.outlook.totals[kind], one.errors[kind])._asdict(),
                **one.errors[kind]._asdict(),
                "half_widths": list(one.spreads[kind].half_widths),
            }
            for kind in KINDS
        },
    }


def _tested(one: _Window) -> dict[str, Any]:
    return {
        "cutoff": one.prediction.cutoff.isoformat(),
        "corrected_by": one.prediction.corrected_by and one.prediction.corrected_by.isoformat(),
        **{kind: _tested_customers(one, kind) | _tested_total(one, kind) for kind in KINDS},
        "clv": _tested_customers(one, CLV) | one.clv if one.clv else None,
    }


def _tested_customers(one: _Window, kind: str) -> dict[str, Any]:
    return {
        "coverage": _coverage(one, kind)._asdict(),
        "coverage_as_modelled": pit.coverage(*one.prediction.outlook.ranges[kind])._asdict(),
    }


def _tested_total(one: _Window, kind: str) -> dict[str, Any]:
    total, actual = one.prediction.outlook.totals[kind], one.totals[kind].actual
    interval = total_interval(total, one.prediction.errors[kind])
    return {
        "expected": total.expected,
        **interval._asdict(),
        "actual": actual,
        "inside": interval.low <= actual <= interval.high,
    }
