"""Learn churn as of each past origin, test it there, and learn once more as of today, for scoring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from pipeline.churn.backtest import (
    Backtested,
    Learned,
    Window,
    backtest_table,
    learn,
    predict,
    table_of_members,
)
from pipeline.churn.blend import about
from pipeline.churn.frame import training_frame
from pipeline.churn.lifetime_inputs import reference_history
from pipeline.churn.store import dump_model, trusted_types
from pipeline.errors import InsufficientHistory
from pipeline.features import Cutoffs, Origin
from pipeline.params import Params
from pipeline.preflight.floors import INSUFFICIENT_HISTORY, unmet, why
from pipeline.stages import files
from pipeline.stages.shell import progress, run, say
from pipeline.tables import io

Frames = Callable[[Sequence[date], date], pd.DataFrame]


def train(params: Params) -> None:
    """Write the backtest, the models and the card that says what they are, or that there are none and why."""
    cutoffs = Cutoffs.from_dict(io.read_json(files.CUTOFFS))
    horizon_days = params.churn.horizon_days
    frames: Frames = partial(
        training_frame,
        io.read_parquet(files.SNAPSHOTS),
        io.read_parquet(files.LIFETIME_VALUE),
        horizon_days=horizon_days,
    )
    card: dict[str, Any] = {
        "label": f"churned: no order in the {horizon_days} days from the cutoff",
        "horizon_days": horizon_days,
        "data_fingerprint": io.read_json(files.LOG)["fingerprint"],
    }
    reason = why(unmet(io.read_json(files.PREFLIGHT), "churn"))
    tested: list[Backtested] = []
    holdout_model, model, value = dump_model(None), dump_model(None), dump_model(None)
    rows = [frames([origin.cutoff], cutoffs.known_until(origin)) for origin in cutoffs.origins]
    if not reason:
        for origin, at_origin in zip(progress(cutoffs.origins, "backtest"), rows, strict=True):
            try:
                learned = _learn(origin, frames, tested, params)
            except InsufficientHistory as error:
                say(f"churn: not tested at {origin.cutoff}, {error.problem}")
                continue
            tested.append(predict(learned, at_origin))
            if origin.cutoff == cutoffs.holdout:
                holdout_model, card["churn_holdout"] = _store(learned, origin, frames)
        try:
            learned = _learn(cutoffs.final, frames, tested, params)
            model, card["churn"] = _store(learned, cutoffs.final, frames)
            if learned.spend:
                value, card["value"] = dump_model(learned.spend.as_dict()), learned.spend.about()
        except InsufficientHistory as error:
            reason = error.problem
    if reason:
        card |= {"status": INSUFFICIENT_HISTORY, "reason": reason}
        say(f"churn: no model, {reason}")
    card["backtest"] = table_of_members([each for each in tested if each.cutoff != cutoffs.holdout])
    io.write_bytes(holdout_model, files.CHURN_HOLDOUT_MODEL)
    io.write_bytes(model, files.CHURN_MODEL)
    io.write_bytes(value, files.VALUE_MODEL)
    io.write_parquet(backtest_table(rows, tested), files.BACKTEST)
    io.write_json(card, files.CHURN_CARD)


def _learn(origin: Origin, frames: Frames, earlier: Sequence[Backtested], params: Params) -> Learned:
    window = None
    if then := origin.last_year:
        window = Window(frames(then.training, then.cutoff), frames([then.cutoff], origin.cutoff))
    return learn(
        frames(origin.training, origin.cutoff),
        window,
        earlier,
        wanted=params.churn.members,
        seed=params.seed,
    )


def _store(learned: Learned, origin: Origin, frames: Frames) -> tuple[bytes, dict[str, Any]]:
    """Give a model's archive, and what the card says of it."""
    frame = frames(origin.training, origin.cutoff)
    model = learned.classifier(frame)
    stored = dump_model(model)
    first, last = origin.training[0], origin.training[-1]
    say(f"churn: as of {origin.cutoff} learned from {len(frame):,} snapshots, cutoffs {first} to {last}")
    return stored, {
        **about(model),
        "cutoffs": [day.isoformat() for day in origin.training],
        "rows": len(frame),
        "churn_rate": float(frame["churned"].mean()),
        "reference": reference_history(frame),
        "trusted_types": trusted_types(stored),
    }


if __name__ == "__main__":
    run(train)
