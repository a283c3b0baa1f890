from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import UserError
from pipeline.evaluation.contest import contest, with_rules
from pipeline.evaluation.kinds import CHURN, VALUE
from pipeline.evaluation.rules import CHURN_RULES, VALUE_RULES, known_rows

H = 30
CUTOFFS = [date(2024, 1, 1) + timedelta(days=H * i) for i in range(4)]
ORIGINS = CUTOFFS[2:]


def snapshots(seed: int = 0, customers: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    tables = []
    for cutoff in CUTOFFS:
        frequency = rng.integers(0, 5, customers)
        gone = rng.integers(0, 120, customers)
        churned = rng.random(customers) < gone / 120
        tables.append(
            pd.DataFrame(
                {
                    "customer_key": [f"c{i:03d}" for i in range(customers)],
                    "cutoff": pd.Timestamp(cutoff),
                    "frequency": frequency,
                    "days_since_last": gone,
                    "T": gone + 100,
                    "overdue": np.where(frequency > 0, gone / 20, np.nan),
                    "spend_total": 10.0 * (frequency + 1),
                    "spend_horizon": np.where(gone < H, 10.0, 0.0),
                    "first_order_on": pd.Timestamp(2023, 5, 1),
                    "churned": pd.array(churned, dtype="boolean"),
                    "future_spend": np.where(churned, 0.0, 20.0),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def backtest(log: pd.DataFrame) -> pd.DataFrame:
    rows = log[log["cutoff"].isin(pd.to_datetime(pd.Series(ORIGINS)))]
    found = rows[["customer_key", "cutoff", "churned", "future_spend"]].assign(
        churn_probability=0.5, expected_spend=10.0, p_btyd=0.4, spend_btyd=9.0
    )
    return found.astype({"churned": "bool"})


def rule_columns(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.filter(regex="^(rule_|customer_key|cutoff)")


def test_every_origin_has_every_rule() -> None:
    log = snapshots()
    rows = with_rules(backtest(log), log, horizon_days=H)
    assert rows["cutoff"].dt.date.unique().tolist() == ORIGINS
    assert len(rows) == 2 * 200
    wanted = {f"rule_churn_{rule}" for rule in CHURN_RULES} | {f"rule_spend_{rule}" for rule in VALUE_RULES}
    assert wanted <= set(rows)
    assert np.isfinite(rows[sorted(wanted)].to_numpy()).all()
    probabilities = rows[[f"rule_churn_{rule}" for rule in CHURN_RULES]]
    assert ((probabilities > 0) & (probabilities < 1)).all(axis=None)
    now = log[log["cutoff"].isin(rows["cutoff"])].sort_values(["cutoff", "customer_key"])
    assert rows["rule_spend_last_horizon"].tolist() == now["spend_horizon"].tolist()
    assert rows["active"].tolist() == (now["days_since_last"] < 2 * H).tolist()


@pytest.mark.parametrize("label", ["churned", "future_spend"])
def test_a_rule_knows_no_label_that_was_open_at_the_origin(label: str) -> None:
    log = snapshots()
    before = rule_columns(with_rules(backtest(log), log, horizon_days=H))
    for origin, knows in ((ORIGINS[0], False), (ORIGINS[0] - timedelta(days=H), True)):
        rewritten = log.copy()
        later = rewritten["cutoff"] >= pd.Timestamp(origin)
        rewritten.loc[later, label] = True if label == "churned" else 999.0
        after = rule_columns(with_rules(backtest(log), rewritten, horizon_days=H))
        at_first = before["cutoff"] == pd.Timestamp(ORIGINS[0])
        assert before[at_first].equals(after[at_first]) is not knows


def test_row_order_does_not_change_a_digit() -> None:
    log = snapshots()
    said = backtest(log)
    shuffled = with_rules(
        said.sample(frac=1, random_state=1), log.sample(frac=1, random_state=2), horizon_days=H
    )
    pd.testing.assert_frame_equal(shuffled, with_rules(said, log, horizon_days=H), check_exact=True)


def test_predictions_get_plain_names_and_rows_without_one_are_left_out() -> None:
    log = snapshots()
    said = backtest(log)
    said.loc[said["cutoff"] == pd.Timestamp(ORIGINS[0]), "churn_probability"] = np.nan
    rows = with_rules(said, log, horizon_days=H)
    table, members = contest(rows, CHURN)
    assert members == ["btyd"]
    assert list(table) == ["customer_key", "cutoff", "active", "churned", "model", "btyd", *CHURN_RULES]
    assert table["cutoff"].dt.date.unique().tolist() == ORIGINS[1:]
    value, members = contest(rows, VALUE)
    assert (members, len(value)) == (["btyd"], 400)
    assert (value["btyd"] == 9.0).all()


def test_an_empty_backtest_stays_empty() -> None:
    log = snapshots()
    rows = with_rules(backtest(log).iloc[:0], log, horizon_days=H)
    table, _ = contest(rows, CHURN)
    assert table.empty
    assert table["active"].dtype == bool


def test_without_a_known_label_there_is_no_rule() -> None:
    with pytest.raises(UserError, match="no label was known by 2024-01-30"):
        known_rows(snapshots(), date(2024, 1, 30), H)
