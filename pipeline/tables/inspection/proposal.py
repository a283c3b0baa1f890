"""What a file of orders seems to be: how it is written, which column is what, and the parameters for it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables import amounts
from pipeline.tables.inspection import (
    customers,
    doubts,
    files,
    lines,
    missing,
    money,
    nested,
    references,
    signs,
    states,
    values,
    versions,
)
from pipeline.tables.inspection.events import purchases_alone
from pipeline.tables.inspection.log import WHERE, Advice, Correction, Detector, Log, question
from pipeline.tables.inspection.query import Change, Table, as_table, does, select
from pipeline.tables.inspection.roles import guess_roles
from pipeline.tables.inspection.snippet import changes, snippet
from pipeline.tables.optional.tables import define_values
from pipeline.tables.sources.readers import read_raw
from pipeline.tables.sources.spec import Source

# Each corrects by the values what the columns are taken for by their names.
CORRECTIONS: tuple[Correction, ...] = (
    references.of_rows,
    versions.of_orders,
    lines.of_orders,
    lines.whole_orders,
    lines.of_lines,
    money.of_the_row,
    money.with_tax,
    states.by_its_words,
    states.without_bookings,
)

# Each looks at the log for itself; what they say is told in this order.
DETECTORS: tuple[Detector, ...] = (
    missing.about_missing,
    values.about_dates,
    values.about_day_of_shipping,
    doubts.about_doubts,
    values.about_decimals,
    missing.about_roles,
    money.about_units,
    money.about_pieces,
    states.about_states,
    customers.about_new_ids,
    customers.about_spelling,
    customers.about_numbers,
    customers.about_rounded,
    customers.about_shared_ids,
    customers.about_nobodies,
    lines.about_lines,
    lines.about_parts,
    lines.about_repeated_total,
    signs.about_kinds,
    signs.about_given_back,
    signs.about_pieces_below_zero,
    signs.about_stages,
    signs.about_other_side,
    signs.about_refunds,
    references.about_references,
    money.about_currency,
    money.about_cents,
    money.about_scaled,
    states.about_cancelled_on,
    states.about_deleted,
    signs.about_states_given_back,
    signs.about_nothing_paid,
    versions.about_changes,
    missing.about_empty,
)


FAILS = (
    ". But what the query was to do about it does not run on this very log, or finds other rows than are "
    "told of, and is not in it: put that right where the log comes from, or write the query by hand"
)
UNTRUE = (
    "no query is proposed, whatever is said of one here: it does not run on this very log, or finds other "
    "rows than are told of. Put the log right where it comes from, or write the query by hand"
)


@dataclass(frozen=True)
class Inspection:
    """What is believed of a file.

    Attributes
    ----------
    findings : tuple of (str, str)
        What it is about, and the finding with its evidence.
    snippet : str
        YAML to paste into params.yaml.
    questions : tuple of str
        What only a person can decide; empty when the snippet will do as it is.
    """

    findings: tuple[tuple[str, str], ...]
    snippet: str
    questions: tuple[str, ...]


def inspect_source(spec: Source, root: Path, cancelled: Sequence[str] = ()) -> Inspection:
    """Read the whole of a file (or of all files of a pattern), or of a table, and say what it seems to be.

    Parameters
    ----------
    spec : Source
        What it says of the way a file is written is believed; what is "auto" is found out.
    root : Path
        The folder a relative path starts from.
    cancelled : sequence of str
        States that are known to be of orders that came to nothing.

    Raises
    ------
    UserError
        If it cannot be read as a table at all.
    """
    with duck.connect() as con:
        try:
            raw = read_raw(con, spec, None, root, WHERE)
        except UserError as refused:
            raise files.say_encoding(con, refused) from refused
        files.check_header(raw)
        if flat := nested.flattened(spec, raw, root):
            with suppress(UserError):  # then the file is read as it is
                return _with(flat.told, inspect_source(flat.spec, root, cancelled))
        amounts.define_macros(con)
        define_values(con)
        log = Log(con, spec, raw, cancelled=frozenset(map(str.casefold, cancelled)))
        about_file = list(files.about_file(log))
        log, about_empty_rows = files.without_empty_rows(log)
        log, about_events = purchases_alone(log.described())
        log, about_columns = _corrected(replace(log, guesses=guess_roles(log.columns)))
        about_log = [advice for detect in DETECTORS for advice in detect(log)]
        about_text = [*files.about_text(log), *files.about_foreign_text(log)]
        told = [*about_file, *about_empty_rows, *about_events, *about_text, *about_columns, *about_log]
        takes_query = any(advice.change or advice.offer or advice.refund for advice in told)
        table = as_table(spec, raw, root) if takes_query else None
    told = _tried(told, table, root) if table else told
    return Inspection(
        findings=tuple((advice.about, _told(advice, told, table)) for advice in told if not advice.asks),
        snippet=snippet(spec, log.guesses, told, table),
        questions=tuple(_told(advice, told, table) for advice in told if advice.asks),
    )


def _with(told: Sequence[Advice], found: Inspection) -> Inspection:
    findings = tuple((advice.about, advice.told) for advice in told if not advice.asks)
    questions = tuple(advice.told for advice in told if advice.asks)
    return replace(found, findings=findings + found.findings, questions=questions + found.questions)


def _corrected(log: Log) -> tuple[Log, list[Advice]]:
    told: list[Advice] = []
    for correct in CORRECTIONS:
        log, advice = correct(log)
        told += advice
    return log, told


def _tried(told: Sequence[Advice], table: Table, root: Path) -> list[Advice]:
    """Take out each query that does not do on this very file what is told of it, and say so."""
    kept = list(told)
    if changes(told) and not does(table, changes(told), root):
        kept = [_tried_by_itself(advice, table, root) for advice in told]
        if kept == list(told) or not changes(kept) or not does(table, changes(kept), root):
            kept = [*(replace(advice, change=None) for advice in told), question(WHERE, UNTRUE)]
    return [_tried_alone(advice, changes(kept), table, root) for advice in kept]


def _tried_by_itself(advice: Advice, table: Table, root: Path) -> Advice:
    """Ask for what a query was to do that does not run here, and leave the rest of the query as it is."""
    if not advice.change or does(table, [advice.change], root):
        return advice
    about = advice.about if advice.asks else WHERE
    told = advice.told if advice.asks else f"{WHERE}: {advice.about}: {advice.told}"
    return question(about, told.removeprefix(f"{about}: ") + FAILS)


def _tried_alone(advice: Advice, made: list[Change], table: Table, root: Path) -> Advice:
    rows = [change for change in made if not change.once]
    if advice.offer and not does(table, [*made, advice.offer], root):
        return replace(advice, told=f"{advice.told}write a query: the usual one fails here", offer=None)
    if advice.refund and not does(table, [*rows, advice.refund.change], root):
        return replace(advice, told=f"{advice.told}. It fails on this file, and is left out", refund=None)
    return advice


def _told(advice: Advice, all_told: Sequence[Advice], table: Table | None) -> str:
    """Write a finding or a question, with the query that it offers for what is in the snippet."""
    if not (advice.offer and table):
        return advice.told
    made = changes(all_told)
    first = table.first and f"{table.first}, "
    place = "in place of the proposed query" if made else table.place
    return f"{advice.told}{first}set {place}: {' '.join(select(table, [*made, advice.offer]))}"
