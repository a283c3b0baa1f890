"""The id of the run whose results lie here: the report, the export and MLflow name the same one."""

from __future__ import annotations

import json

from pipeline.crm.manifest import run_id
from pipeline.params import Params
from pipeline.stages import files

DECIDE_THE_EXPORT = (
    files.LIFETIME_VALUE_MODELS,
    files.CHURN_MODEL,
    files.EVALUATION,
    files.SEGMENTS,
)


def current_run(params: Params) -> str:
    """Digest the parameters and the files that decide what is exported."""
    parts = {path.name: path.read_bytes() for path in DECIDE_THE_EXPORT}
    if files.CONSENTS.exists():
        parts["consents"] = files.CONSENTS.read_bytes()
    parts["params"] = json.dumps(params.model_dump(mode="json"), sort_keys=True).encode()
    return run_id(parts)
