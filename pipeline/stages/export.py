"""The CRM files, with the real customer ids, and the manifest that vouches for them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pipeline.counted import counted
from pipeline.crm.dialects import CSV_DIALECTS, parquet_bytes
from pipeline.crm.export import export_table, missing_from
from pipeline.crm.manifest import manifest
from pipeline.errors import UserError
from pipeline.params import Params
from pipeline.stages import files
from pipeline.stages.runs import current_run
from pipeline.stages.shell import run, say
from pipeline.tables import io


def export(params: Params) -> None:
    """Write exports/; an alarm of the monitor stops it where the parameters say so."""
    found = [*io.read_json(files.DRIFT)["alarms"], *io.read_json(files.REALITY)["alarms"]]
    if found and params.monitor.action == "stop_export":
        raise UserError(
            f"no export, the last one stays as it was: {'; '.join(alarm['text'] for alarm in found)}",
            where="params.yaml: monitor.action: stop_export",
            valid=f"read {files.REPORT} and docs/monitoring.md; to export all the same, monitor.action: mark",
        )
    consents = io.read_parquet(files.CONSENTS) if files.CONSENTS.exists() else None
    segments, identities = io.read_parquet(files.SEGMENTS), io.read_parquet(files.IDENTITIES)
    table = export_table(segments, identities, consents, params.report.language)
    contents = {
        files.EXPORT_CSV.name: CSV_DIALECTS[params.export.csv_dialect](table),
        files.EXPORT_PARQUET.name: parquet_bytes(table),
    }
    log = io.read_json(files.LOG)
    description = manifest(
        contents,
        files.REPORT.read_bytes(),
        rows=len(table),
        run_id=current_run(params),
        as_of=date.fromisoformat(log["as_of"]),
        last_order_on=date.fromisoformat(log["last_day"]),
        horizon_days=params.churn.horizon_days,
        clv_horizon_days=params.lifetime_value.clv_horizon_days,
        currency=params.report.currency,
    )
    gone = missing_from(table, _last_exported())
    for name, content in contents.items():
        io.write_bytes(content, files.MANIFEST.parent / name, private=True)
    io.write_json(description, files.MANIFEST)
    suppressed = "" if consents is None else f", {table['suppressed'].sum()} of them not to be contacted"
    say(f"export: {counted(len(table)):customer/customers}{suppressed}, run {description['run_id']}")
    if gone:
        say(f"  {counted(gone):customer/customers} of the last export not in this one: clear them in the CRM")


def _last_exported() -> pd.Series[str]:
    """Read who was in the last export: that is told, not written, for the manifest knows none before it."""
    if not files.EXPORT_PARQUET.exists():
        return pd.Series(dtype="str")
    return io.read_parquet(files.EXPORT_PARQUET, ["customer_id"])["customer_id"]


if __name__ == "__main__":
    run(export)
