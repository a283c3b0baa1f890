from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from scipy.stats import rankdata

from pipeline.churn import shuffled
from pipeline.churn.frame import FEATURES, SCALES
from pipeline.churn.shuffled import shuffled_labels
from pipeline.features import Origin
from tests.churn.conftest import CUTOFFS, HORIZON_DAYS, Tables, make_tables

AT_LAST = Origin(CUTOFFS[-1], tuple(CUTOFFS[:-1]))


def auc(tables: Tables, seed: int = 0) -> float:
    churned, score = shuffled_labels(*tables, AT_LAST, date(2025, 4, 1), horizon_days=HORIZON_DAYS, seed=seed)
    gone = churned.sum()
    return (rankdata(score)[churned].sum() - gone * (gone + 1) / 2) / (gone * (len(churned) - gone))


def test_shuffled_labels_are_worth_half(tables: Tables) -> None:
    aucs = pd.Series([auc(tables, seed) for seed in range(20)])
    assert abs(aucs.mean() - 0.5) < 3 * aucs.std() / 20**0.5
    assert aucs.between(0.38, 0.62).all()


@pytest.mark.parametrize("scale", [None, "log"])
def test_a_label_among_the_inputs_is_found(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, scale: str | None
) -> None:
    leaking = next(name for name in FEATURES if SCALES[name] == scale)

    def with_leak(*given: object, **named: object) -> pd.DataFrame:
        frame = honest(*given, **named)
        return frame.assign(**{leaking: frame["future_orders"]})

    honest = shuffled.training_frame
    monkeypatch.setattr(shuffled, "training_frame", with_leak)
    assert auc(tables) > 0.99


def test_a_row_that_is_learned_from_and_tested_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few customers and many columns: even a plain model remembers some of them."""
    few = make_tables(120, seed=3)
    honest = shuffled.training_frame

    def from_the_last(
        snapshots: pd.DataFrame, values: pd.DataFrame, *_: object, **named: int
    ) -> pd.DataFrame:
        return honest(snapshots, values, [CUTOFFS[-1]], date(2025, 4, 1), **named)

    monkeypatch.setattr(shuffled, "training_frame", from_the_last)
    assert auc(few) > 0.6


def test_row_order_changes_nothing(tables: Tables) -> None:
    assert auc(tuple(table.sample(frac=1, random_state=2) for table in tables)) == auc(tables)
