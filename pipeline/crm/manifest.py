"""What tells two exports apart: the run's id and the manifest beside the files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipeline.crm.fields import FIELDS, SCHEMA_VERSION
from pipeline.horizon import horizon_until


def run_id(parts: Mapping[str, bytes]) -> str:
    """Digest everything a run depends on into 16 hexadecimal digits.

    Parameters
    ----------
    parts : mapping of str to bytes
        Contents by name, such as the parameters and the models; their order does not matter.
    """
    digest = hashlib.sha256()
    for name in sorted(parts):
        for piece in (name.encode("utf-8"), parts[name]):
            # The length in front keeps ("ab", "c") and ("a", "bc") apart.
            digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()[:16]


def manifest(
    files: Mapping[str, bytes],
    report: bytes,
    *,
    rows: int,
    run_id: str,
    as_of: date,
    last_order_on: date,
    horizon_days: int,
    clv_horizon_days: int,
    currency: str,
) -> dict[str, Any]:
    """Describe the files of one export, so that a reader can check that they are whole and belong together.

    Nothing here depends on the time or the machine: the same export has the same manifest.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by name.
    report : bytes
        The page that goes with them.
    rows : int
        Customers in each file.
    run_id : str
        As from `run_id`.
    as_of : date
        The first day not known when the scores were made.
    last_order_on : date
        Day of the last order of anybody: who reads the export later sees by it how old the data are.
    horizon_days, clv_horizon_days : int
        Of the churn probability and the expectations, and of the CLV.
    currency : str
        ISO 4217 code of all amounts.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "as_of": as_of.isoformat(),
        "last_order_on": last_order_on.isoformat(),
        "horizon_until": horizon_until(as_of, horizon_days).isoformat(),
        "horizon_days": horizon_days,
        "clv_horizon_days": clv_horizon_days,
        "currency": currency,
        "rows": rows,
        "report": _vouched(report),
        "columns": [{"name": field.name, "kind": field.kind, "meaning": field.meaning} for field in FIELDS],
        "files": {name: _vouched(files[name]) for name in sorted(files)},
    }


def _vouched(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
