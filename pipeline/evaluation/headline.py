"""The few numbers of an evaluation that `dvc metrics show` and `dvc plots` tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.evaluation.bootstrap import with_ends
from pipeline.evaluation.slices import COLUMNS as SLICE_COLUMNS

NO_DIFFERENCE = {"value": None, "low": None, "high": None}


def headline(evaluation: Mapping[str, Any], rule_metrics: Sequence[str]) -> dict[str, Any]:
    """Keep the grade, the model's metrics and a few of the rule's, without intervals.

    Parameters
    ----------
    evaluation : mapping
        As from `pipeline.evaluation.evaluate.evaluate`.
    rule_metrics : sequence of str
        Which metrics of the rule stand beside the model's.

    Returns
    -------
    dict
        `grade`, the model's metrics by name, and the rule's under `rule`; the model's over all origins
        under `backtest`, how many `slices_off`, and the `<calibrator>_gain` of each that was judged. Where
        nothing was evaluated: `grade` None, `status` and `reason`.
    """
    if "model" not in evaluation:
        return {"grade": None, "status": evaluation["status"], "reason": evaluation["reason"]}
    model, rule = evaluation["model"], evaluation["rule"]
    return {
        "grade": evaluation["grade"]["letter"],
        **{name: metric["value"] for name, metric in model.items()},
        "rule": {"name": evaluation["rule_name"], **{name: rule[name]["value"] for name in rule_metrics}},
        "backtest": {name: metric["value"] for name, metric in evaluation["backtest"]["model"].items()},
        "slices_off": sum(row["is_off"] for row in evaluation["slices"]),
        **{
            f"{one['name']}_gain": one["gain"]["value"]
            for one in (evaluation.get("calibration") or {}).get("judged", ())
        },
        **{
            name: one["value"]
            for name, one in (evaluation.get("distribution") or {}).get("holdout", {}).items()
        },
    }


def brief(evaluation: Mapping[str, Any], metrics: Sequence[str]) -> dict[str, Any]:
    """Keep these metrics alone of the backtest's many predictions; the tables below have all of them.

    Parameters
    ----------
    evaluation : mapping
        As in `headline`.
    metrics : sequence of str
    """
    if "model" not in evaluation:
        return dict(evaluation)

    def few(predictions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                part: {name: found[name] for name in metrics} if isinstance(found, Mapping) else found
                for part, found in prediction.items()
            }
            for prediction in predictions
        ]

    backtest = evaluation["backtest"]
    return {
        **evaluation,
        "backtest": {
            **backtest,
            "predictions": few(backtest["predictions"]),
            "active": backtest["active"] and few(backtest["active"]),
            "origins": [{**one, "predictions": few(one["predictions"])} for one in backtest["origins"]],
        },
    }


def pooled_table(evaluation: Mapping[str, Any]) -> pd.DataFrame:
    """List every metric of every prediction over all origins, and how the model differs, with intervals.

    Parameters
    ----------
    evaluation : mapping
        As in `headline`.

    Returns
    -------
    pandas.DataFrame
        ``customers`` ("all" or "active"), ``prediction``, ``metric``, ``value``, ``low``, ``high``, and
        ``difference`` (the model's minus the prediction's) with ``difference_low`` and ``difference_high``;
        empty where nothing was evaluated.
    """
    backtest = evaluation.get("backtest", {})
    groups = {"all": backtest.get("predictions"), "active": backtest.get("active")}
    rows = [
        [
            customers,
            one["name"],
            metric,
            *found.values(),
            *((one["difference"] or {}).get(metric) or NO_DIFFERENCE).values(),
        ]
        for customers, predictions in groups.items()
        for one in predictions or ()
        for metric, found in one["metrics"].items()
    ]
    columns = ["value", "low", "high", "difference", "difference_low", "difference_high"]
    return pd.DataFrame(rows, columns=["customers", "prediction", "metric", *columns])


def origins_table(evaluation: Mapping[str, Any], metrics: Sequence[str]) -> pd.DataFrame:
    """List a few metrics of every prediction at every origin, with their intervals.

    Parameters
    ----------
    evaluation : mapping
        As in `headline`.
    metrics : sequence of str

    Returns
    -------
    pandas.DataFrame
        ``cutoff``, ``prediction``, and for each metric ``<metric>``, ``<metric>_low``, ``<metric>_high``;
        empty where nothing was evaluated.
    """
    rows = [
        [
            origin["cutoff"],
            prediction["name"],
            *(prediction["metrics"][name][end] for name in metrics for end in ("value", "low", "high")),
        ]
        for origin in evaluation.get("backtest", {}).get("origins", ())
        for prediction in origin["predictions"]
    ]
    return pd.DataFrame(rows, columns=["cutoff", "prediction", *with_ends(metrics)])


def slices_table(evaluation: Mapping[str, Any]) -> pd.DataFrame:
    """List the groups of customers as `pipeline.evaluation.slices` found them; empty without any."""
    return pd.DataFrame(evaluation.get("slices", ()), columns=SLICE_COLUMNS)
