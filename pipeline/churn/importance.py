"""What the classifier's predictions hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from pipeline.churn.blend import churn_probability, used_features
from pipeline.churn.tables import mean_with_interval

IMPORTANCE_SAMPLE = 10_000


def importance(
    model: ClassifierMixin | None,
    frame: pd.DataFrame,
    *,
    seed: int,
    repeats: int = 3,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Measure how much worse the log loss gets when a column is shuffled among customers.

    Columns that say nearly the same cover for each other when shuffled alone; pass
    `pipeline.churn.frame.TOPICS` as ``groups`` to shuffle whole topics.

    Parameters
    ----------
    model : fitted classifier or None
        As from `pipeline.churn.blend.assemble`; without a model nothing matters.
    frame : pandas.DataFrame
        Labelled rows the model was not trained on; above 10,000 a random sample of them is used.
    seed : int
        For the sample and the shuffles.
    repeats : int
        Shuffles per column.
    groups : mapping of str to sequence of str, optional
        Columns that are shuffled together, by the name to report; by default each column by itself.

    Returns
    -------
    pandas.DataFrame
        ``feature``, ``log_loss_increase`` (mean over customers and shuffles, in nats), ``low``, ``high`` (its
        95 % interval over customers); largest first.
    """
    columns_found = ["feature", "log_loss_increase", "low", "high"]
    if model is None:
        return pd.DataFrame(columns=columns_found)
    rng = np.random.default_rng(seed)
    rows = frame.sort_values(["cutoff", "customer_key"])
    if len(rows) > IMPORTANCE_SAMPLE:
        rows = rows.iloc[np.sort(rng.choice(len(rows), IMPORTANCE_SAMPLE, replace=False))]
    churned = rows["churned"].to_numpy(dtype=bool)
    used = used_features(model)
    inputs = rows[used]

    def losses(table: pd.DataFrame) -> NDArray[np.float64]:
        probability = churn_probability(model, table)
        told = np.where(churned, probability, 1 - probability)
        return np.asarray(-np.log(np.maximum(told, np.finfo(np.float64).eps)), dtype=np.float64)

    whole = losses(inputs)
    found = []
    for name, members in (groups or {column: (column,) for column in used}).items():
        columns = [column for column in members if column in used]
        if not columns:
            continue
        increases = []
        for _ in range(repeats):
            shuffled = inputs.copy()
            shuffled[columns] = inputs[columns].to_numpy()[rng.permutation(len(inputs))]
            increases.append(losses(shuffled) - whole)
        of_customers = np.mean(increases, axis=0)
        found.append((name, *mean_with_interval(of_customers).values()))
    table = pd.DataFrame(found, columns=columns_found)
    return table.sort_values(["log_loss_increase", "feature"], ascending=[False, True], ignore_index=True)
