"""The simple rules a model has to beat, learned on rows whose label was known at the origin."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.isotonic import IsotonicRegression

from pipeline.errors import UserError
from pipeline.evaluation.weighted import FloatArray, quantile_bins, tied_groups

CHURN_RULES = ("base_rate", "recency_threshold", "recency", "own_rhythm", "rfm_cell")
VALUE_RULES = ("mean_spend", "last_horizon", "spend_rate", "rfm_cell")
RISK_BINS = 20
RFM_PARTS = ("days_since_last", "frequency", "spend_total")
FIFTHS = (0.2, 0.4, 0.6, 0.8)
CELL_PRIOR_ROWS = 20.0
"""A cell's rate counts as much as that of all customers when it holds so many of them."""


def known_rows(snapshots: pd.DataFrame, origin: date, horizon_days: int) -> pd.DataFrame:
    """Take the rows whose label window had ended by an origin, sorted.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        ``customer_key``, ``cutoff``, ``churned``, ``future_spend`` and features.
    origin : datetime.date
        First day that no label may have seen.
    horizon_days : int
        Length of the label window ``[cutoff, cutoff + horizon_days)``.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    UserError
        If there is none.
    """
    latest = pd.Timestamp(origin - timedelta(days=horizon_days))
    known = snapshots[(snapshots["cutoff"] <= latest) & snapshots["churned"].notna()]
    if known.empty:
        raise UserError(
            f"no label was known by {origin:%Y-%m-%d}, so no simple rule can be learned", where="snapshots"
        )
    return known.sort_values(["cutoff", "customer_key"], ignore_index=True)


def churn_rules(past: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Let each of `CHURN_RULES` give the churn probability of today's customers.

    ``base_rate`` says the same for all; ``recency_threshold`` one rate below and one above the best number of
    days since the last order; ``recency`` is the churn rate by these days, never falling; ``own_rhythm`` the
    one by silence relative to the customer's own mean gap, by recency for those with one order; ``rfm_cell``
    the one of the cell of recency, frequency and money fifths.

    Parameters
    ----------
    past : pandas.DataFrame
        As from `known_rows`.
    now : pandas.DataFrame
        The customers to judge, with the same features.

    Returns
    -------
    pandas.DataFrame
        One column per rule, indexed as ``now``.
    """
    churned = past["churned"].to_numpy(dtype=bool)
    silence, silence_now, overdue, overdue_now = (
        rows[column].to_numpy(dtype=np.float64)
        for column in ("days_since_last", "overdue")
        for rows in (past, now)
    )
    recency = rate_by(silence, churned, silence_now)
    rhythm, has_gap, has_gap_now = recency.copy(), ~np.isnan(overdue), ~np.isnan(overdue_now)
    if has_gap.any():
        rhythm[has_gap_now] = rate_by(overdue[has_gap], churned[has_gap], overdue_now[has_gap_now])
    return pd.DataFrame(
        {
            "base_rate": base_rate(churned),
            "recency_threshold": threshold_rule(silence, churned, silence_now)[1],
            "recency": recency,
            "own_rhythm": rhythm,
            "rfm_cell": rfm_cell_mean(past, churned.astype(np.float64), now),
        },
        index=now.index,
    )


def value_rules(past: pd.DataFrame, now: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Let each of `VALUE_RULES` forecast the spend of today's customers in the horizon.

    ``mean_spend`` says the same for all; ``last_horizon`` expects what the customer spent in the horizon that
    has just ended; ``spend_rate`` the mean rate so far; ``rfm_cell`` what others in the same cell of recency,
    frequency and money fifths came to spend.

    Parameters
    ----------
    past, now : pandas.DataFrame
        As in `churn_rules`.
    horizon_days : int

    Returns
    -------
    pandas.DataFrame
        One column per rule, indexed as ``now``.
    """
    spent = past["future_spend"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "mean_spend": float(spent.mean()),
            "last_horizon": now["spend_horizon"].to_numpy(dtype=np.float64),
            "spend_rate": spend_rate_rule(now["spend_total"].to_numpy(), now["T"].to_numpy(), horizon_days),
            "rfm_cell": rfm_cell_mean(past, spent, now),
        },
        index=now.index,
    )


def threshold_rule(
    past_days: FloatArray, churned: NDArray[np.bool_], days: FloatArray
) -> tuple[int, FloatArray]:
    """Split customers at the one recency that explains churn best: the least log loss of two churn rates.

    Parameters
    ----------
    past_days : numpy.ndarray
        Days since the last order of the past rows, shape (m,), m > 0.
    churned : numpy.ndarray
        Shape (m,).
    days : numpy.ndarray
        Days since the last order now, shape (n,).

    Returns
    -------
    threshold : int
        Days since the last order from which a customer is in the second group.
    probability : numpy.ndarray
        Churn rate of each customer's group, never quite 0 or 1, shape (n,).
    """
    values, rows, events = tied_groups(churned.astype(np.float64), np.asarray(past_days, dtype=np.float64))
    rows_below, events_below = np.cumsum(rows), np.cumsum(events)
    rows_above, events_above = rows.sum() - rows_below, events.sum() - events_below
    best = int(np.argmin(_split_loss(rows_below, events_below) + _split_loss(rows_above, events_above)))
    threshold = int(values[min(best + 1, len(values) - 1)])
    below, above = (
        (events_in[best] + 0.5) / (rows_in[best] + 1)
        for rows_in, events_in in ((rows_below, events_below), (rows_above, events_above))
    )
    if len(values) == 1:  # nobody to split, as where everybody buys on the same day
        above = below
    return threshold, np.where(np.asarray(days) >= threshold, above, below)


def rate_by(score: FloatArray, churned: NDArray[np.bool_], now: FloatArray) -> FloatArray:
    """Learn the churn rate as a never falling function of a score, linear between its knots.

    The isotonic regression of the churn rate in twenty bins of equally many rows on their mean score.

    Parameters
    ----------
    score : numpy.ndarray
        Of the past rows, shape (m,), m > 0.
    churned : numpy.ndarray
        Shape (m,).
    now : numpy.ndarray
        Scores of the customers to judge, shape (n,).

    Returns
    -------
    numpy.ndarray
        Their churn probabilities, never quite 0 or 1, shape (n,).
    """
    values, rows, events = tied_groups(np.asarray(churned, dtype=np.float64), score)
    bins = quantile_bins(values, rows, RISK_BINS)
    rows_in, events_in, score_in = (
        np.bincount(bins, weights=sums)[np.unique(bins)] for sums in (rows, events, rows * values)
    )
    knots = score_in / rows_in
    # Half a churner and half a stayer more in each bin, so that no customer is ever certain.
    rates = IsotonicRegression().fit_transform(
        knots, (events_in + 0.5) / (rows_in + 1), sample_weight=rows_in
    )
    return np.asarray(np.interp(now, knots, rates), dtype=np.float64)


def _split_loss(rows: FloatArray, events: FloatArray) -> FloatArray:
    """Log loss of groups that all get their own churn rate, in nats."""
    rate = np.divide(events, rows, out=np.zeros_like(events), where=rows > 0)
    return np.asarray(-xlogy(events, rate) - xlogy(rows - events, 1 - rate), dtype=np.float64)


def base_rate(churned: NDArray[np.bool_]) -> float:
    """Share of the rows that churned, never quite 0 or 1: all one knows without the customer."""
    return float((np.sum(churned) + 0.5) / (len(churned) + 1))


def rfm_cell_mean(past: pd.DataFrame, outcome: FloatArray, now: pd.DataFrame) -> FloatArray:
    """Expect of each customer the mean outcome of the past rows in the same RFM cell.

    Cells are fifths of `RFM_PARTS` among the past rows, 125 in all. Each mean is shrunk towards that of all
    rows as if twenty more of them were in the cell; an empty cell has that of all.

    Parameters
    ----------
    past, now : pandas.DataFrame
        With `RFM_PARTS`.
    outcome : numpy.ndarray
        Of the past rows, shape (len(past),).

    Returns
    -------
    numpy.ndarray
        Shape (len(now),).
    """
    cells, cells_now = np.zeros(len(past), dtype=np.intp), np.zeros(len(now), dtype=np.intp)
    for part in RFM_PARTS:
        edges = np.quantile(past[part].to_numpy(dtype=np.float64), FIFTHS)
        cells, cells_now = (
            number * (len(FIFTHS) + 1) + np.searchsorted(edges, table[part].to_numpy(dtype=np.float64))
            for number, table in ((cells, past), (cells_now, now))
        )
    size = (len(FIFTHS) + 1) ** len(RFM_PARTS)
    sums, rows = np.bincount(cells, weights=outcome, minlength=size), np.bincount(cells, minlength=size)
    means = (sums + CELL_PRIOR_ROWS * outcome.mean()) / (rows + CELL_PRIOR_ROWS)
    return np.asarray(means[cells_now])


def spend_rate_rule(spend_total: FloatArray, T: FloatArray, horizon_days: int) -> FloatArray:
    """Expect every customer to go on spending as on average so far.

    ``spend_total * horizon_days / max(T + 1, horizon_days)``, where T + 1 is the number of days on which
    the customer was observed. One seen for less than a horizon is expected to spend the same again, not a
    multiple of it.

    Parameters
    ----------
    spend_total : numpy.ndarray
        Money spent before the cutoff, shape (n,).
    T : numpy.ndarray
        Days from the first order to the last observed day, shape (n,).
    horizon_days : int
        Length of the forecast.

    Returns
    -------
    numpy.ndarray
        Money per horizon, shape (n,).
    """
    observed = np.asarray(T, dtype=np.float64) + 1
    return np.asarray(spend_total, dtype=np.float64) * horizon_days / np.maximum(observed, horizon_days)
