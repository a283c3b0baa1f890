"""`churn summary`: where the results are, how good the models are, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from rich.markup import escape

from pipeline.counted import counted
from pipeline.preflight.age import age, over
from pipeline.stages import files

READ = (files.MANIFEST, files.EVALUATION, files.LOG, files.KPIS, files.DRIFT, files.REALITY)

NEXT = """
[bold]Next[/] (after: source .venv/bin/activate)
  dvc exp run -S churn.horizon_days=60    try another horizon
  dvc exp show --only-changed             compare it
  make ui                                 see all runs and models in MLflow"""
GUESSABLE = """
[bold yellow]Customer keys are guessable:[/] set CHURN_PEPPER before you share a cache, then
  dvc repro -f ingest && make repro       make them anew"""


def summary(results: Mapping[Path, Any], *, experiment: str, root: Path, today: date | None) -> Iterator[str]:
    """Write the screen, line by line, in rich's markup.

    Parameters
    ----------
    results : mapping of path to content
        Of the files in `READ`.
    experiment : str
        The MLflow experiment that the run belongs to.
    root : Path
        The folder of the results, absolute.
    today : date, optional
        By the clock of the machine; without it, as of a replay, nothing is old.
    """
    manifest, evaluation = results[files.MANIFEST], results[files.EVALUATION]
    yield from _results(manifest, results[files.KPIS]["customers"], root, today)
    yield f"  MLflow run   experiment {escape(experiment)}, tag state = {manifest['run_id']}"
    yield ""
    window = evaluation["window"]
    tested = "On past horizons, the last {from} to {to}".format(**window) if window else "Not tested"
    yield f"[bold]{tested}[/]"
    for name in ("churn", "value"):
        grade = evaluation[name]["grade"]
        yield f"  {name:<12} grade {grade['letter'] or 'none'}: {escape(grade['text'])}"
    for alarm in (*results[files.DRIFT]["alarms"], *results[files.REALITY]["alarms"]):
        yield f"[bold yellow]Alarm:[/] {escape(alarm['text'])}"
    yield NEXT
    if results[files.LOG]["demo_pepper"]:
        yield GUESSABLE


def _results(manifest: Mapping[str, Any], customers: int, root: Path, today: date | None) -> Iterator[str]:
    """Say of whom the results are, how old, and where."""
    as_of, last = (date.fromisoformat(manifest[name]) for name in ("as_of", "last_order_on"))
    yield ""
    freshness = f", the last order is {age(last, today)} old" if today else ", a replay"
    if today and (told := over(last, as_of, manifest["horizon_days"], today)):
        yield f"[bold yellow]Old:[/] {told}."
        freshness = ""
    yield f"[bold]{counted(manifest['rows']):customer/customers} as of {as_of}[/]{freshness}"
    if (all_returned := customers - manifest["rows"]) > 0:
        yield f"  and {counted(all_returned)} with every order returned, in the KPIs alone"
    yield f"  segments     {escape(str(root / files.EXPORT_CSV))}"
    yield f"  report       {escape((root / files.REPORT).as_uri())}"
