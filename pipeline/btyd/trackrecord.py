"""One cutoff after the other: intervals, what then came, and what that teaches the intervals that follow."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.btyd import pit
from pipeline.btyd._numerics import Floats
from pipeline.btyd.clock import CALENDAR, Clock
from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.gammagamma import GammaGamma
from pipeline.btyd.outlook import KINDS, Outlook, outlook
from pipeline.btyd.predictive import probability_ranges
from pipeline.btyd.totals import CommonError, PastTotal, common_error, total_interval

_TENTHS = 10


class _Prediction(NamedTuple):
    cutoff: date
    corrected_by: date | None
    spread: pit.Spread
    outlook: Outlook
    errors: dict[str, CommonError]


class _Window(NamedTuple):
    """A prediction whose window has come. low, high: where each outcome lies in its distribution."""

    prediction: _Prediction
    end: date
    expected: Floats
    low: Floats
    high: Floats
    totals: dict[str, PastTotal]


class TrackRecord:
    """Predicts at ascending cutoffs and remembers how the earlier predictions turned out.

    At each cutoff only windows that had ended by then count: the latest tells how wide the customers'
    intervals have to be, all of them how far totals miss.

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
            Histories and spend, `future_orders` and `future_spend` (missing where not yet known).
        values : DataFrame
            The result of `lifetime_value` for it.
        clock : Clock, optional
            On which the model was fitted and `values` were made; the calendar by default.

        Returns
        -------
        DataFrame
            The columns of `OUTLOOK`, indexed like the summary.
        """
        horizon_days, summary = clock.horizon(cutoff, self.horizon_days), clock.summary(summary, cutoff)
        ended = [one for one in self._windows if one.end <= cutoff]
        latest = ended[-1] if ended else None
        spread = pit.AS_MODELLED
        if latest is not None:
            spread = pit.learn_spread(latest.low, latest.high, latest.expected)
        predicted = outlook(
            model,
            spend,
            summary,
            values,
            spread,
            horizon_days=horizon_days,
            clv_horizon_days=clock.horizon(cutoff, self.clv_horizon_days),
        )
        errors = {
            kind: common_error([one.totals[kind] for one in ended], predicted.parameter_sd[kind])
            for kind in KINDS
        }
        corrected_by = latest and latest.prediction.cutoff
        prediction = _Prediction(cutoff, corrected_by, spread, predicted, errors)
        self._predictions.append(prediction)
        if len(summary) and summary["future_orders"].notna().all():
            self._windows.append(self._compare(prediction, model, summary, values, horizon_days))
        return predicted.table

    def _compare(
        self,
        prediction: _Prediction,
        model: CountModel,
        summary: pd.DataFrame,
        values: pd.DataFrame,
        horizon_days: float,
    ) -> _Window:
        came = {kind: summary[f"future_{kind}"].to_numpy(dtype=np.float64) for kind in KINDS}
        low, high = probability_ranges(model, summary, horizon_days, came["orders"].astype(np.int64))
        start, totals = prediction.cutoff, prediction.outlook.totals
        end = start + timedelta(days=self.horizon_days)
        actual = {kind: PastTotal(start, end, totals[kind], math.fsum(came[kind])) for kind in KINDS}
        return _Window(prediction, end, values["expected_orders"].to_numpy(), low, high, actual)

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
            `probability` (upper edge of the tenth) and `share`; empty where nothing has come yet.
        """
        shares: list[float] = []
        if self._windows:
            last = self._windows[-1]
            shares = pit.histogram(last.low, last.high, last.prediction.outlook.half_width, _TENTHS)
        edges = (1.0 + np.arange(len(shares))) / _TENTHS
        return pd.DataFrame({"probability": edges, "share": np.array(shares, dtype=np.float64)})

    def coverage_by_tenth(self) -> pd.DataFrame:
        """Coverage of the latest 80 % intervals by tenths of the customers, those who order least first.

        Returns
        -------
        DataFrame
            `tenth`, `customers`, `expected_orders` (mean), `coverage`, `low`, `high`.
        """
        rows = []
        if self._windows:
            last = self._windows[-1]
            tenths = np.array_split(np.lexsort((last.high, last.low, last.expected)), _TENTHS)
            for number, tenth in enumerate(tenths, start=1):
                if len(tenth):
                    width = last.prediction.outlook.half_width[tenth]
                    found = pit.coverage(last.low[tenth], last.high[tenth], width)
                    mean = math.fsum(last.expected[tenth]) / len(tenth)
                    rows.append((number, len(tenth), mean, *found))
        columns = ["tenth", "customers", "expected_orders", "coverage", "low", "high"]
        return pd.DataFrame(rows, columns=columns)


def _forecast(one: _Prediction) -> dict[str, Any]:
    return {
        "cutoff": one.cutoff.isoformat(),
        "corrected_by": one.corrected_by and one.corrected_by.isoformat(),
        "half_widths": list(one.spread.half_widths),
        "parameter_uncertainty": one.outlook.parameter_uncertainty,
        **{
            kind: {
                "expected": one.outlook.totals[kind].expected,
                **total_interval(one.outlook.totals[kind], one.errors[kind])._asdict(),
                **one.errors[kind]._asdict(),
            }
            for kind in KINDS
        },
    }


def _tested(one: _Window) -> dict[str, Any]:
    return {
        "cutoff": one.prediction.cutoff.isoformat(),
        "corrected_by": one.prediction.corrected_by and one.prediction.corrected_by.isoformat(),
        "coverage": pit.coverage(one.low, one.high, one.prediction.outlook.half_width)._asdict(),
        "coverage_as_modelled": pit.coverage(one.low, one.high)._asdict(),
        **{kind: _tested_total(one, kind) for kind in KINDS},
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
