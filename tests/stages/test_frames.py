from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from pipeline.churn.frame import feature_frame, training_frame
from pipeline.features import Origin
from pipeline.stages import churn, files, frames
from pipeline.tables import io
from tests.churn.conftest import CUTOFFS, HORIZON_DAYS, Tables, make_tables

END = date(2025, 4, 1)


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tables:
    """A made-up shop, as the stages before have written it."""
    monkeypatch.chdir(tmp_path)
    tables = make_tables(300, seed=2)
    for table, path in zip(tables, (files.SNAPSHOTS, files.LIFETIME_VALUE), strict=True):
        io.write_parquet(table.sort_values(["cutoff", "customer_key"]), path)
    return io.read_parquet(files.SNAPSHOTS), io.read_parquet(files.LIFETIME_VALUE)


def test_the_rows_of_some_customers_are_those_of_the_whole(stored: Tables) -> None:
    whole = training_frame(*stored, CUTOFFS[:2], END, horizon_days=HORIZON_DAYS)
    few = whole["customer_key"].unique()[::7]
    read = frames.labelled(CUTOFFS[:2], END, horizon_days=HORIZON_DAYS, customers=few)
    of_few = whole[whole["customer_key"].isin(few)].reset_index(drop=True)
    pd.testing.assert_frame_equal(read, of_few)
    known = frames.known(CUTOFFS[1])
    at_second = (table[table["cutoff"].dt.date == CUTOFFS[1]] for table in stored)
    pd.testing.assert_frame_equal(known, feature_frame(*at_second))


def test_some_inputs_alone(stored: Tables) -> None:
    wanted = ["p_no_order", "frequency"]
    whole = training_frame(*stored, CUTOFFS, END, horizon_days=HORIZON_DAYS)
    read = frames.labelled(CUTOFFS, END, horizon_days=HORIZON_DAYS, features=wanted)
    pd.testing.assert_frame_equal(read[wanted], whole[wanted])
    assert "recency" not in read


@pytest.mark.usefixtures("stored")
def test_of_many_rows_those_of_some_customers_are_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(churn, "MOST_TRAINING_ROWS", 450)
    params = SimpleNamespace(seed=5, churn=SimpleNamespace(horizon_days=HORIZON_DAYS))
    rows = churn._training_rows(Origin(END, tuple(CUTOFFS)), params)
    assert len(rows) == 450
    assert (rows.groupby("customer_key").size() == 3).all()
