from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.ensemble import StackingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from pipeline.churn.backtest import Recipe, learn
from pipeline.churn.blend import churn_probability
from pipeline.churn.store import TRUSTED_TYPES, dump_model, load_model, trusted_types
from pipeline.errors import UserError

MEMBERS = ("btyd", "logistic", "boosting", "forest")


@pytest.fixture(scope="module")
def frame(labelled: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return labelled(300, seed=4)


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> StackingClassifier:
    return fit(frame, seed=5)


@pytest.fixture(scope="module")
def stored(model: StackingClassifier) -> bytes:
    return dump_model(model)


def fit(frame: pd.DataFrame, seed: int) -> StackingClassifier:
    return learn(frame, frame, Recipe(365, MEMBERS, seed=seed)).classifier(frame)


def test_round_trip_predicts_bit_equally(
    model: StackingClassifier, stored: bytes, frame: pd.DataFrame
) -> None:
    loaded = load_model(stored, trusted_types(stored))
    np.testing.assert_array_equal(churn_probability(loaded, frame), churn_probability(model, frame))


def test_same_model_same_bytes(model: StackingClassifier, stored: bytes, frame: pd.DataFrame) -> None:
    again = fit(frame, seed=5)
    assert dump_model(again) == stored
    assert dump_model(load_model(stored)) == stored
    assert skops.io.dumps(model) != skops.io.dumps(again)  # what the normalisation is for


def test_another_model_has_other_bytes(stored: bytes, frame: pd.DataFrame) -> None:
    assert dump_model(fit(frame, seed=6)) != stored


def test_archive_has_no_times_and_no_addresses(stored: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    numbers = [
        int(entry.filename.removesuffix(".npy")) for entry in entries if entry.filename.endswith("npy")
    ]
    assert max(numbers) < 100_000
    assert max(Counter(numbers).values()) == 1


def test_archive_holds_no_training_rows(stored: bytes, frame: pd.DataFrame) -> None:
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        arrays = [
            np.load(io.BytesIO(archive.read(name))) for name in archive.namelist() if name.endswith(".npy")
        ]
        assert frame["customer_key"].iloc[0] not in archive.read("schema.json").decode()
    assert max(array.size for array in arrays) < len(frame) / 3


def test_what_it_asks_to_trust_is_on_the_list(stored: bytes) -> None:
    assert set(trusted_types(stored)) == set(TRUSTED_TYPES)
    assert all(name.startswith(("sklearn.", "numpy.")) for name in TRUSTED_TYPES)


def test_foreign_type_is_refused_even_when_the_caller_trusts_it() -> None:
    stored = dump_model(make_pipeline(FunctionTransformer(np.loadtxt)))
    with pytest.raises(UserError, match=r"not trusted: numpy\.loadtxt"):
        load_model(stored)
    with pytest.raises(UserError, match=r"not trusted: numpy\.loadtxt"):
        load_model(stored, trusted_types(stored))


def test_a_caller_may_trust_less(stored: bytes) -> None:
    with pytest.raises(UserError, match="TreePredictor"):
        load_model(stored, [name for name in TRUSTED_TYPES if "TreePredictor" not in name])


def test_bytes_that_are_no_model(stored: bytes) -> None:
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "no model")
    for broken in (b"", b"not a zip", empty.getvalue(), stored[:5000]):
        with pytest.raises(UserError, match="no stored classifier"):
            load_model(broken)


def test_no_model_is_an_archive_that_holds_nothing() -> None:
    stored = dump_model(None)
    assert load_model(stored) is None
    assert skops.io.loads(stored) is None
    assert trusted_types(stored) == []
    assert stored == dump_model(None)
