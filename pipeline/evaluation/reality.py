"""The back-test on reality: what past score runs said, beside what then happened.

A run is due when its horizon has passed. Runs of neighbouring nights say nearly the same about nearly the
same days, so that of each month only the last one due is judged; the scores of the others are superseded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.evaluation.bootstrap import judged_customers, measure, with_ends
from pipeline.evaluation.grade import MODEL
from pipeline.evaluation.metrics import Metric, gap, log_loss, mae, rate, roc_auc, total_bias
from pipeline.evaluation.recalibration import calibration_slope

KEPT = ("churn_probability", "expected_orders", "expected_spend", "spend_p10", "spend_p50", "spend_p90")
"""What is kept of a run's scores, beside the customer's key."""

FEWEST_KNOWN = 0.5
"""With fewer of a run's customers in the log, it is another shop's run, or keyed by another secret."""


JUDGED: Sequence[tuple[str, str, Mapping[str, Metric]]] = (
    (
        "churned",
        "churn_probability",
        {"churn_gap": gap, "log_loss": log_loss, "roc_auc": roc_auc, "calibration_slope": calibration_slope},
    ),
    ("future_spend", "expected_spend", {"total_bias": total_bias, "mae": mae}),
    ("is_inside", "spend_p90", {"coverage": rate}),
)
"""What happened, what was said of it, and how the two are compared."""
METRICS = tuple(name for *_, metrics in JUDGED for name in metrics)
PROMISED = {"churn": ("log_loss", "roc_auc"), "value": ("total_bias", "mae")}
COLUMNS = (
    *("as_of", "until", "customers", "vanished", "churn_model", "predicted_churn", "realised_churn"),
    *with_ends(METRICS),
    *(f"promised_{name}" for names in PROMISED.values() for name in names),
)


@dataclass(frozen=True)
class PastRun:
    """A score run whose horizon has passed.

    Attributes
    ----------
    card : mapping
        `as_of`, `horizon_days`, `churn_model` (the digest of its file) and `promised`, as from `promise`;
        `erased`: how many customers have been taken out of its scores.
    scores : DataFrame
        `customer_key` and `KEPT`.
    outcomes : DataFrame
        `customer_key`, `churned` and `future_spend` in that horizon, of all customers in today's log.
    """

    card: Mapping[str, Any]
    scores: pd.DataFrame
    outcomes: pd.DataFrame

    @property
    def judged(self) -> pd.DataFrame:
        """The customers of the run that are still in the log, with what they did."""
        joined = self.scores.merge(self.outcomes, on="customer_key", validate="one_to_one")
        spend = joined["future_spend"]
        is_inside = (joined["spend_p10"] <= spend) & (spend <= joined["spend_p90"])
        return joined.assign(cutoff=pd.Timestamp(self.card["as_of"]), is_inside=is_inside)


def promise(evaluation: Mapping[str, Any]) -> dict[str, float | None]:
    """Take from an evaluation what it lets expect of the scores made beside it.

    Returns
    -------
    dict
        The figures of `PROMISED`, means over the origins, and `worst_log_loss`, that of the origin where it
        was highest; None where nothing was tested.
    """
    tested = {kind: evaluation[kind].get("backtest") for kind in PROMISED}
    origins = (tested["churn"] or {}).get("origins", ())
    at_origins = [
        prediction["metrics"]["log_loss"]["value"]
        for origin in origins
        for prediction in origin["predictions"]
        if prediction["name"] == MODEL
    ]
    return {
        **{
            name: found["model"][name]["value"] if (found := tested[kind]) else None
            for kind, names in PROMISED.items()
            for name in names
        },
        "worst_log_loss": max((value for value in at_origins if value is not None), default=None),
    }


def end_of(card: Mapping[str, Any]) -> date:
    """Give the first day after a run's horizon."""
    return date.fromisoformat(card["as_of"]) + timedelta(days=card["horizon_days"])


def due(cards: Sequence[Mapping[str, Any]], today: date, months: int) -> list[Mapping[str, Any]]:
    """Choose the runs to judge: of each of the last months the last one whose horizon has passed.

    Parameters
    ----------
    cards : sequence of mapping
        Those of past runs, ascending.
    today : date
        The first day that is not known.
    months : int
        As many runs at most.
    """
    of_month = {card["as_of"][:7]: card for card in cards if end_of(card) <= today}
    return list(of_month.values())[-months:]


def superseded(cards: Sequence[Mapping[str, Any]], today: date, months: int) -> list[Mapping[str, Any]]:
    """Name the runs that will not be judged today or later: they are due, and others stand for their months.

    Parameters
    ----------
    cards, today, months
        As for `due`.
    """
    judged = due(cards, today, months)
    return [card for card in cards if end_of(card) <= today and card not in judged]


def vanished(kept: pd.Series[str], known: pd.Series[str]) -> pd.Series[str]:
    """Name the customers of a past run who are in the log no more; nobody of another shop's run."""
    gone = kept[~kept.isin(known)]
    return gone if len(gone) <= (1 - FEWEST_KNOWN) * len(kept) else gone.head(0)


def judge(runs: Sequence[PastRun], *, seed: int, resamples: int) -> list[dict[str, Any]]:
    """Compare what past runs said with what happened.

    Parameters
    ----------
    runs : sequence of PastRun
        Ascending by day.
    seed, resamples : int
        Of the customer bootstrap.

    Returns
    -------
    list of dict
        One per run of this shop, ascending: `as_of`, `until` (first day after its horizon), `customers`
        judged and those `vanished` from the log since (left out, or their ids merged), `churn_model`,
        `predicted_churn` and `realised_churn`, `metrics` with intervals, and what was `promised`. `coverage`
        is the share of customers whose spend fell within P10 to P90; it should be 0.8, or more where spend
        is mostly zero.
    """
    joined = [(run, run.judged) for run in runs]
    ours = [(run, rows) for run, rows in joined if len(rows) >= FEWEST_KNOWN * len(run.scores)]
    if not ours:
        return []
    table = judged_customers(pd.concat([rows for _, rows in ours], ignore_index=True), seed)
    found = [
        (measure(table, actual, [said], metrics, seed=seed, resamples=resamples), said)
        for actual, said, metrics in JUDGED
    ]
    rates = table.groupby("cutoff")[["churn_probability", "churned"]].mean()
    judged = []
    for run, rows in ours:
        day = pd.Timestamp(run.card["as_of"])
        judged.append(
            {
                "as_of": run.card["as_of"],
                "until": end_of(run.card).isoformat(),
                "customers": len(rows),
                "vanished": run.card.get("erased", 0) + len(run.scores) - len(rows),
                "churn_model": run.card["churn_model"],
                "predicted_churn": float(rates["churn_probability"][day]),
                "realised_churn": float(rates["churned"][day]),
                "metrics": {
                    name: measured.estimate(said, name, day).as_dict()
                    for measured, said in found
                    for name in measured.metrics
                },
                "promised": dict(run.card["promised"]),
            }
        )
    return judged


def reality_table(judged: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """List what `judge` found, a row per run, as `dvc plots` takes it; the header alone without any."""
    rows = [
        {
            **run,
            **{
                f"{name}{end}": run["metrics"][name][key]
                for name in METRICS
                for key, end in (("value", ""), ("low", "_low"), ("high", "_high"))
            },
            **{f"promised_{name}": value for name, value in run["promised"].items()},
        }
        for run in judged
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def reality_metrics(
    cards: Sequence[Mapping[str, Any]],
    judged: Sequence[Mapping[str, Any]],
    today: date,
    **limits: float,
) -> dict[str, Any]:
    """Sum up for `dvc metrics`: how many past runs there are, the newest that was judged, and its alarms.

    Parameters
    ----------
    cards : sequence of mapping
        Those of past runs.
    judged : sequence of mapping
        As from `judge`.
    today : date
        The first day that is not known.
    **limits : float
        As for `reality_alarms`.
    """
    return {
        "past_runs": len(cards),
        "due": sum(end_of(card) <= today for card in cards),
        "judged": len(judged),
        "latest": judged[-1] if judged else None,
        "alarms": reality_alarms(judged, **limits),
    }


def reality_alarms(
    judged: Sequence[Mapping[str, Any]], *, churn_gap: float, log_loss_rise: float, spend_bias: float
) -> list[dict[str, Any]]:
    """Tell where the newest judged run was clearly off, by more than chance and by more than matters.

    Parameters
    ----------
    judged : sequence of mapping
        As from `judge`.
    churn_gap : float
        Distance of the mean predicted from the realised churn rate, 0 to 1.
    log_loss_rise : float
        Share by which the log loss may be above that of the worst past origin.
    spend_bias : float
        Share by which predicted and actual total spend may differ.

    Returns
    -------
    list of dict
        `kind` ("churn_rate", "log_loss" or "spend"), `as_of`, the numbers and a `text`.
    """
    if not judged:
        return []
    run = judged[-1]
    metrics, worst, as_of = run["metrics"], run["promised"]["worst_log_loss"], run["as_of"]
    alarms: list[dict[str, Any]] = []
    if _is_off(metrics["churn_gap"], churn_gap):
        predicted, realised = run["predicted_churn"], run["realised_churn"]
        text = f"a churn rate of {predicted:.1%} was predicted as of {as_of}, {realised:.1%} came"
        alarms.append({"kind": "churn_rate", "predicted": predicted, "realised": realised, "text": text})
    found, low = metrics["log_loss"]["value"], metrics["log_loss"]["low"]
    if worst is not None and low is not None and low > worst * (1 + log_loss_rise):
        text = f"the churn scores as of {as_of} did worse (log loss {found:.3f}) than any test ({worst:.3f})"
        alarms.append({"kind": "log_loss", "found": found, "worst": worst, "text": text})
    if _is_off(metrics["total_bias"], spend_bias):
        bias = metrics["total_bias"]["value"]
        text = f"the spend predicted as of {as_of} was off by {bias:+.0%}"
        alarms.append({"kind": "spend", "bias": bias, "text": text})
    return [{**alarm, "as_of": as_of} for alarm in alarms]


def _is_off(found: Mapping[str, float | None], limit: float) -> bool:
    """Tell whether a figure that should be zero is beyond a limit, and its interval excludes zero."""
    value, low, high = (found[name] for name in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return False
    return abs(value) >= limit and not low <= 0 <= high
