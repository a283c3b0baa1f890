"""How MLflow serves the registered churn model. A copy goes with each version and stands on its own there.

It needs mlflow, pandas, scikit-learn (which brings threadpoolctl) and skops, and nothing of this project.
"""

from __future__ import annotations

import pandas as pd
import skops.io
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel, PythonModelContext
from threadpoolctl import threadpool_limits


class ChurnModel(PythonModel):  # type: ignore[misc]
    """Feature frame in, one column `churn_probability` out."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the classifier; skops refuses every type that the version does not list."""
        trusted = context.model_config["trusted_types"]
        self.estimator = skops.io.load(context.artifacts["estimator"], trusted=trusted)
        self.churned = list(self.estimator.classes_).index(1)

    def predict(self, context: PythonModelContext, model_input: pd.DataFrame) -> pd.DataFrame:
        """Give P(churned) for each row, in the order and under the index of the input."""
        inputs = model_input[list(self.estimator.feature_names_in_)]
        with threadpool_limits(1):  # the sums of several threads differ in the last bits
            probability = self.estimator.predict_proba(inputs)[:, self.churned]
        return pd.DataFrame({"churn_probability": probability}, index=model_input.index)


set_model(ChurnModel())
