"""The `churn` command."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline import cli_models, cli_summary
from pipeline.errors import UserError
from pipeline.params import Params, Source, load_params, parse_source
from pipeline.preflight.screen import screen
from pipeline.stages import files
from pipeline.stages.ingest import read_orders
from pipeline.stages.preflight import describe
from pipeline.stages.shell import EXIT_USER_ERROR, complain, say, user_errors_told
from pipeline.tables import io
from pipeline.tables.inspection.proposal import inspect_source
from pipeline.tables.inspection.table_proposal import inspect_table
from pipeline.tables.sources.connections import is_database
from pipeline.tracking import is_tracked, tracking_uri

PLACES = (
    "A file, a pattern in quotes, a URL (s3://, sftp:// …), or that of a database in single quotes "
    "('postgresql://shop:$PASSWORD@host/shop'). What params.yaml names as sources.orders when not given."
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(cli_models.app, name="models")


@app.callback()
def churn() -> None:
    """Scored customer segments from an order history. `dvc repro` runs the pipeline."""


@app.command()
def summary() -> None:
    """Say where the results of the last run are, how good the models are, and what to do next."""
    with user_errors_told():
        params = load_params(Path("params.yaml"))
        results = {path: _read(path) for path in cli_summary.READ}
    how: dict[str, Any] = {"experiment": params.track.experiment, "root": Path.cwd(), "today": _today(params)}
    Console(highlight=False, soft_wrap=True).print("\n".join(cli_summary.summary(results, **how)))


@app.command(hidden=True)
def tracked() -> None:
    """End with 0 if the results here have a run in MLflow, else with 1 (for `make repro`)."""
    try:
        found = is_tracked(_read(files.MANIFEST)["run_id"], tracking_uri(os.environ, Path.cwd()))
    except UserError as error:
        complain(error)
        found = False
    raise typer.Exit(0 if found else 1)


@app.command()
def inspect(
    file: Annotated[list[str] | None, typer.Argument(help=PLACES)] = None,
    table: str = typer.Option("", help="Of a database."),
    query: str = typer.Option("", help="Of a database: SELECT …"),
    sheet: str = typer.Option(
        "", help="The sheet of a workbook, or a pattern of several; the first when not given."
    ),
    encoding: str = typer.Option("", help="Of a text, such as big5; found out when not given."),
    as_table: str = typer.Option("orders", "--as", help="Which table it is: orders, customers, messages …"),
) -> None:
    """Say what a log of orders, or another table, seems to be, and which parameters read it.

    Exit code 2: it has to ask.
    """
    given = {"table": table, "query": query, "sheet": sheet, "encoding": encoding}
    with user_errors_told():
        if as_table == "orders":
            found = inspect_source(_source(file, given), Path.cwd(), _cancelled())
        else:
            found = inspect_table(_source(file, given, as_table), as_table, Path.cwd())
    for about, finding in found.findings:
        say(f"{about:<12} {finding}")
    say(f"\nFor params.yaml, in place of the section there:\n\n{found.snippet}")
    for question in found.questions:
        complain(UserError(question))
    if found.questions:
        raise typer.Exit(EXIT_USER_ERROR)


@app.command()
def preflight(
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON, for programs.")] = False,
) -> None:
    """Look at the order log that params.yaml names, say what can be predicted; no file is written."""
    with user_errors_told():
        params = load_params(Path("params.yaml"))
        done = read_orders(params)
    report = describe(done.orders, done.returns, done.counts, done.as_of, params)
    if as_json:
        typer.echo(io.json_text(report), nl=False)
    else:
        Console(highlight=False).print(screen(report, _today(params)))


def _source(names: Sequence[str] | None, given: Mapping[str, str], name: str = "orders") -> Source:
    """Say where to look: at a file or a database, or else at what params.yaml names."""
    options = {key: value for key, value in given.items() if value}
    if not names:
        other_rows = {"table", "query", "since"} if options.keys() & {"table", "query"} else set()
        named = getattr(load_params(Path("params.yaml")).sources, name, None)
        if named is None:
            raise UserError(f"params.yaml names no {name}", valid=f"churn inspect FILE --as {name}")
        return parse_source(named.model_dump(exclude={"columns", "words", *other_rows}) | options)
    place = _one(names)
    return parse_source({"url" if is_database(place) else "path": place, **options})


def _cancelled() -> Sequence[str]:
    """Return the states that params.yaml knows to be of cancelled orders; it may not be written yet."""
    try:
        return load_params(Path("params.yaml")).ingest.cancelled_status
    except UserError:
        return ()


def _today(params: Params) -> date | None:
    """Give the day by which the data are old or not; a replay is of its own day, however long ago that is."""
    return date.today() if params.as_of == "latest" else None


def _one(names: Sequence[str]) -> str:
    """Return the only name; several are what a pattern without quotes became."""
    if len(names) == 1:
        return names[0]
    raise UserError(
        f"the shell has put {len(names)} files in place of a pattern",
        valid="the pattern in quotes, such as churn inspect 'data/raw/orders-*.csv'",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = io.read_json(path)
    except FileNotFoundError:
        raise UserError("there are no results here yet", where=str(path), valid="make repro") from None
    return content
