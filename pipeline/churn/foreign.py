"""What a model of another day says: another catalogue, or another scikit-learn, may have made it."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from pipeline.churn.blend import churn_probability, used_features
from pipeline.churn.store import load_model
from pipeline.errors import UserError

# What a model raises that another scikit-learn has stored, when it predicts. From any other these are bugs.
OF_ANOTHER_VERSION = (AttributeError, KeyError, TypeError, ValueError)


def foreign_probability(stored: bytes, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Predict P(no order in the horizon) with a model that may have been stored elsewhere.

    Parameters
    ----------
    stored : bytes
        As from `pipeline.churn.store.dump_model`.
    frame : pandas.DataFrame
        As from `pipeline.churn.frame.feature_frame`.

    Returns
    -------
    numpy.ndarray
        Shape (len(frame),).

    Raises
    ------
    UserError
        If it cannot score any more: its file cannot be read here, it reads features that are no longer
        computed, or another scikit-learn has stored it and it fails. One of our own that fails is a bug.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", InconsistentVersionWarning)
        try:
            model = load_model(stored)
        except UserError as error:
            raise UserError(f"its file cannot be read here ({error.problem})") from error
    if missing := [column for column in used_features(model) if column not in frame]:
        raise UserError(f"it reads {', '.join(missing)}, no longer computed")
    try:
        return churn_probability(model, frame)
    except OF_ANOTHER_VERSION as error:
        if not any(issubclass(each.category, InconsistentVersionWarning) for each in said):
            raise
        raise UserError(f"another scikit-learn has stored it ({error})") from error
