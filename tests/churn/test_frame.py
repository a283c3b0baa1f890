from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.churn.frame import FEATURES, LABELS, OF_OPTIONAL_TABLES, TOPICS, feature_frame, training_frame
from pipeline.errors import UserError

JANUARY, FEBRUARY, MARCH = date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)
Tables = tuple[pd.DataFrame, pd.DataFrame]


def test_features_are_no_labels_dates_or_keys() -> None:
    forbidden = {*LABELS, "customer_key", "cutoff", "first_order_on", "last_order_on", "clv"}
    assert not forbidden & set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES) == sum(len(columns) for columns in TOPICS.values())


def test_feature_frame_is_float_sorted_and_free_of_labels(tables: Tables) -> None:
    frame = feature_frame(*tables)
    assert list(frame) == ["customer_key", "cutoff", *FEATURES]
    assert (frame[list(FEATURES)].dtypes == "float64").all()
    assert frame[["cutoff", "customer_key"]].equals(
        frame[["cutoff", "customer_key"]].sort_values(["cutoff", "customer_key"])
    )
    assert len(frame) == 1200


def test_values_belong_to_their_customer_and_cutoff(tables: Tables) -> None:
    snapshots, values = tables
    frame = feature_frame(snapshots, values).set_index(["customer_key", "cutoff"])
    for source, column in ((snapshots, "T"), (values, "p_no_order")):
        expected = source.set_index(["customer_key", "cutoff"])[column]
        pd.testing.assert_series_equal(frame[column], expected.reindex(frame.index))


def test_row_order_does_not_matter(tables: Tables) -> None:
    snapshots, values = (table.sample(frac=1, random_state=3) for table in tables)
    pd.testing.assert_frame_equal(feature_frame(snapshots, values), feature_frame(*tables))


@pytest.mark.parametrize("side", [0, 1])
def test_join_is_one_to_one(tables: Tables, side: int) -> None:
    short = list(tables)
    short[side] = short[side].iloc[1:]
    with pytest.raises(UserError, match="1 of 1200 pairs"):
        feature_frame(*short)
    double = list(tables)
    double[side] = pd.concat([double[side], double[side].iloc[:2]])
    with pytest.raises(UserError, match="2 rows repeat"):
        feature_frame(*double)


def test_missing_column_is_named(tables: Tables) -> None:
    with pytest.raises(UserError, match="lifetime_value: misses p_no_order"):
        feature_frame(tables[0], tables[1].drop(columns="p_no_order"))


def test_columns_of_a_table_the_shop_does_not_have_are_missing(tables: Tables) -> None:
    frame = feature_frame(*tables)
    assert list(frame) == ["customer_key", "cutoff", *FEATURES]
    assert frame[list(OF_OPTIONAL_TABLES)].isna().all(axis=None)
    with pytest.raises(UserError, match="misses overdue"):
        feature_frame(tables[0].drop(columns="overdue"), tables[1])


def test_only_the_cutoffs_asked_for_are_taken(tables: Tables) -> None:
    frame = training_frame(*tables, [JANUARY], FEBRUARY, horizon_days=28)
    assert set(frame["cutoff"]) == {pd.Timestamp(JANUARY)}
    assert frame["churned"].dtype == bool
    assert (frame["churned"] == (frame["future_orders"] == 0)).all()


def test_a_label_window_may_end_on_the_date_but_not_after(tables: Tables) -> None:
    training_frame(*tables, [JANUARY, FEBRUARY], MARCH, horizon_days=28)
    with pytest.raises(UserError, match="2025-02-01 needs the days up to 2025-03-02") as caught:
        training_frame(*tables, [JANUARY, FEBRUARY], MARCH, horizon_days=29)
    assert caught.value.valid == "cutoffs up to 2025-01-31"


def test_later_cutoffs_change_nothing(tables: Tables) -> None:
    snapshots, values = (table.copy() for table in tables)
    later = snapshots["cutoff"] >= pd.Timestamp(FEBRUARY)
    snapshots.loc[later, ["T", "future_spend"]] *= 1000.0
    snapshots.loc[later, "churned"] = ~snapshots.loc[later, "churned"]
    values.loc[values["cutoff"] >= pd.Timestamp(FEBRUARY), "p_no_order"] = np.nan
    args = ([JANUARY], FEBRUARY)
    pd.testing.assert_frame_equal(
        training_frame(snapshots, values, *args, horizon_days=28),
        training_frame(*tables, *args, horizon_days=28),
    )


def test_rows_without_a_label_are_left_out(tables: Tables) -> None:
    snapshots = tables[0].copy()
    snapshots.loc[snapshots["customer_key"] == "c00007", "churned"] = pd.NA
    frame = training_frame(snapshots, tables[1], [JANUARY], FEBRUARY, horizon_days=28)
    assert len(frame) == 399
    assert "c00007" not in set(frame["customer_key"])


@pytest.mark.parametrize("cutoffs", [[], [date(2024, 6, 1)]])
def test_no_labelled_customers_is_an_error(tables: Tables, cutoffs: list[date]) -> None:
    with pytest.raises(UserError, match="no labelled customer"):
        training_frame(*tables, cutoffs, FEBRUARY, horizon_days=28)
