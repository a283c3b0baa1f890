from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.base
from sklearn.linear_model import LogisticRegression

from pipeline.churn.foreign import foreign_probability
from pipeline.churn.store import dump_model
from pipeline.errors import UserError

FRAME = pd.DataFrame({"frequency": [0.0, 1.0, 5.0], "overdue": [3.0, 1.0, 0.5]})


def fitted() -> LogisticRegression:
    return LogisticRegression().fit(FRAME, [True, False, False])


def stored_by(version: str, model: LogisticRegression, monkeypatch: pytest.MonkeyPatch) -> bytes:
    with monkeypatch.context() as other:
        other.setattr(sklearn.base, "__version__", version)
        return dump_model(model)


@pytest.mark.parametrize("version", [sklearn.__version__, "0.1"])
def test_who_stored_it_does_not_matter_where_it_predicts(version, monkeypatch) -> None:
    stored = stored_by(version, fitted(), monkeypatch)
    expected = fitted().predict_proba(FRAME)[:, 1]
    np.testing.assert_array_equal(foreign_probability(stored, FRAME.assign(more=1.0)), expected)


def test_a_model_of_another_version_that_fails_cannot_score_and_an_own_one_is_a_bug(monkeypatch) -> None:
    broken = fitted()
    broken.coef_ = np.zeros((1, 7))
    with pytest.raises(UserError, match="another scikit-learn has stored it"):
        foreign_probability(stored_by("0.1", broken, monkeypatch), FRAME)
    with pytest.raises(ValueError, match="7"):
        foreign_probability(dump_model(broken), FRAME)


def test_a_model_whose_features_or_file_are_gone_cannot_score() -> None:
    with pytest.raises(UserError, match="it reads overdue, no longer computed"):
        foreign_probability(dump_model(fitted()), FRAME[["frequency"]])
    with pytest.raises(UserError, match="its file cannot be read here"):
        foreign_probability(b"no archive", FRAME)
