"""What each feature adds to each customer's churn score, and how much each moves scores at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pyarrow as pa

from pipeline.btyd import StoredOrders
from pipeline.churn.explain import Explanation, Sizes, check_sums
from pipeline.churn.lifetime_inputs import LifetimeModel
from pipeline.churn.reasons import CONSTANTS
from pipeline.churn.store import load_model
from pipeline.counted import counted
from pipeline.features import Cutoffs
from pipeline.params import Params
from pipeline.stages import files, frames
from pipeline.stages.shell import run, say
from pipeline.tables import io

BLOCK = 30_720  # customers at a time: memory does not grow with their number


def explain(params: Params) -> None:
    """Write what each feature adds to each score, and how far it moves scores at all."""
    model = load_model(files.CHURN_MODEL.read_bytes())
    as_of = Cutoffs.from_dict(io.read_json(files.CUTOFFS)).score
    sizes = Sizes()
    if model is None:
        io.write_parquet(_schema([]).empty_table(), files.EXPLANATIONS)
        say("explain: no churn model, nothing to explain")
    else:
        explanation = Explanation(model, _lifetime(as_of, params.churn.horizon_days))
        rows = _explained(explanation, as_of, sizes)
        schema = _schema(explanation.columns)
        io.write_parquet(pa.RecordBatchReader.from_batches(schema, rows), files.EXPLANATIONS)
        say(f"explain: {counted(sizes.customers):customer/customers} by {len(explanation.columns)} features")
    io.write_csv(sizes.table(), files.PLOTS / "contributions.csv")


def _lifetime(as_of: date, horizon_days: int) -> LifetimeModel | None:
    """Read the lifetime model of today back, if there is one."""
    saved = io.read_json(files.LIFETIME_VALUE_MODELS)
    reference = io.read_json(files.CHURN_CARD)["churn"]["reference"]
    for fit in map(StoredOrders.from_dict, (*saved["fits"], *saved["of_churn"])):
        if fit.cutoff == as_of:
            return LifetimeModel(partial(fit.expectations, horizon_days=horizon_days), reference)
    return None


def _explained(explanation: Explanation, as_of: date, sizes: Sizes) -> Iterator[pa.RecordBatch]:
    """Explain block by block; no block leaves that does not sum to the scores."""
    scored = io.read_parquet(files.CUSTOMERS, ["customer_key", "churn_probability"])
    frame = frames.known(as_of).set_index("customer_key").loc[scored["customer_key"]]
    probability = scored["churn_probability"].to_numpy()
    for start in range(0, len(frame), BLOCK):
        block = slice(start, start + BLOCK)
        explained = explanation.of(frame.iloc[block])
        check_sums(explained, probability[block])
        sizes.add(explained)
        yield from pa.Table.from_pandas(explained.reset_index(), _schema(explanation.columns)).to_batches()


def _schema(columns: list[str]) -> Any:
    numbers: list[tuple[str, pa.DataType]] = [(name, pa.float64()) for name in (*CONSTANTS, *columns)]
    return pa.schema([("customer_key", pa.string()), *numbers])


if __name__ == "__main__":
    run(explain)
