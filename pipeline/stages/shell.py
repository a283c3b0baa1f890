"""What every stage does around its work: read the parameters, write all or nothing, speak to people."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)

from pipeline.errors import UserError
from pipeline.params import Params, load_params
from pipeline.tables.io import all_or_nothing

Item = TypeVar("Item")

EXIT_USER_ERROR = 2
_console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


def run(stage: Callable[[Params], None]) -> None:
    """Run a stage in the current folder; its outputs appear together when it succeeds, or not at all."""
    with user_errors_told():
        params = load_params(Path("params.yaml"))
        try:
            with all_or_nothing():
                stage(params)
        except FileNotFoundError as error:
            named = re.search("'(.+?)'", str(error))  # pyarrow has the path in its text alone
            if named is None or Path(named[1]).is_absolute():
                raise
            problem = "is not there: an earlier stage writes it"
            raise UserError(problem, where=named[1], valid="dvc repro") from None


@contextmanager
def user_errors_told() -> Iterator[None]:
    """Print an error that a person can put right, and end the process with exit code 2."""
    try:
        yield
    except UserError as error:
        complain(error)
        sys.exit(EXIT_USER_ERROR)


def progress(items: Iterable[Item], what: str) -> Iterable[Item]:
    """Go through items with a bar, on a terminal."""
    return track(list(items), what, console=_errors, transient=True, disable=not _errors.is_terminal)


@contextmanager
def phases(names: Sequence[str]) -> Iterator[Callable[[str], None]]:
    """Yield what is called with the name of each phase as it begins; a bar shows it, on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as bar:
        task = bar.add_task("", total=len(names))

        def begin(name: str) -> None:
            bar.update(task, description=name, completed=names.index(name))

        yield begin


@contextmanager
def time_limit(minutes: float, what: str) -> Iterator[Callable[[int], bool]]:
    """Yield what is told how much was tried and says whether time is left; a bar shows it, on a terminal."""
    end = monotonic() + 60 * minutes
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as bar:
        task = bar.add_task(what, total=60 * minutes)

        def go_on(tried: int) -> bool:
            left = end - monotonic()
            bar.update(task, description=f"{what}, {tried} tried", completed=60 * minutes - left)
            return left > 0

        yield go_on


def say(text: str) -> None:
    """One line about what was done."""
    _console.print(text, markup=False)


def warn(text: str) -> None:
    """A line that should not be overlooked."""
    _errors.print(f"[bold yellow]warning:[/] {escape(text)}")


def complain(error: UserError) -> None:
    """Print an error a person can put right."""
    _errors.print(f"[bold red]error:[/] {escape(str(error))}")
