"""What a file of an optional table seems to be: which column is what, and the section for it, tried on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.counted import counted
from pipeline.engine import duck
from pipeline.errors import UserError
from pipeline.tables import amounts, dates
from pipeline.tables.contracts import OPTIONAL, Contract
from pipeline.tables.contracts import Column as Promised
from pipeline.tables.inspection import files
from pipeline.tables.inspection.log import Advice, Log, listed, question, shown
from pipeline.tables.inspection.proposal import Inspection
from pipeline.tables.inspection.roles import Column
from pipeline.tables.inspection.snippet import OF_VALUES, SETTINGS, place, section
from pipeline.tables.inspection.tables import NUMERIC, Mapped, map_table
from pipeline.tables.optional.mapping import of_one_kind
from pipeline.tables.optional.tables import Setting, define_values, read_table
from pipeline.tables.sources.header import ASKED
from pipeline.tables.sources.readers import NUMBERS, TIMES, read_raw
from pipeline.tables.sources.spec import Since, Source

AS_OF = date(9999, 1, 1)
MANY = 0.05  # of the rows in quarantine
PLACE = ("path", "url", "table", "query", "since", "sheet")


def inspect_table(spec: Source, name: str, root: Path) -> Inspection:
    """Read the whole of a file or table, and say which of its columns is which of an optional table.

    Parameters
    ----------
    spec : Source
        As for `inspect_source`.
    name : str
        Of the optional table.
    root : Path
        The folder a relative path starts from.

    Raises
    ------
    UserError
        If there is no such table, or it cannot be read as a table at all.
    """
    if name not in OPTIONAL:
        raise UserError(f"there is no table {name!r}", where="--as", valid=", ".join(OPTIONAL))
    contract, where = OPTIONAL[name], f"sources.{name}"
    with duck.connect() as con:
        raw = read_raw(con, spec, None, root, where)
        files.check_header(raw)
        amounts.define_macros(con)
        define_values(con)
        log = Log(con, spec, raw)
        told = list(files.about_file(log))
        log, about_empty_rows = files.without_empty_rows(log)
        log = log.described()
        mapped = map_table(log, contract)
        about_text = [*files.about_text(log), *files.about_foreign_text(log)]
        told += [*about_empty_rows, *about_text, *_about_columns(log, mapped, where)]
        told += [*_about_dates(log, mapped, where), *_about_numbers(log, mapped, where)]
    settings = {key: value for advice in told for key, value in advice.settings.items() if key in SETTINGS}
    if not any(advice.asks for advice in told):
        told += _tried(contract, _proposed(spec, mapped, settings), root)
    return Inspection(
        findings=tuple((advice.about, advice.told) for advice in told if not advice.asks),
        snippet="\n".join(["sources:", *_section(spec, mapped, settings)]),
        questions=tuple(advice.told for advice in told if advice.asks),
    )


def _about_columns(log: Log, mapped: Mapped, where: str) -> Iterator[Advice]:
    """Say which column is what, and ask for what has to be there."""
    yield Advice("one row", mapped.contract.grain)
    for promised in mapped.contract.columns:
        name, column = promised.name, mapped.columns.get(promised.name)
        if column is None:
            if not promised.nullable:
                others = [c for c in log.columns if c.filled and c not in mapped.columns.values()]
                told = f"no column seems to be it ({promised.description}); which is it of: {listed(others)}?"
                told += "" if others else of_one_kind(promised, log.spec.path)
                yield question(f"{where}.columns.{name}", told)
            continue
        empty = log.rows - column.filled
        told = f", empty in {empty:,} of {counted(log.rows):row/rows}" if empty else ""
        words = mapped.words.get(name)
        told += f"; {', '.join(f'{v} is {ours}' for v, ours in words.items())}" if words else ""
        yield Advice(name, f"{shown(column.name)}: {promised.description}{told}")
        if doubt := _in_doubt(log, mapped, promised, column):
            yield question(f"{where}.columns.{name}", doubt)
        if rivals := mapped.rivals.get(name):
            either = " or ".join(shown(other.name) for other in rivals)
            told = f"{shown(column.name)} is taken for it, but as much speaks for {either}. Which is it?"
            yield question(f"{where}.columns.{name}", told)
        if unknown := mapped.unknown.get(name):
            told = (
                f"what do these mean: {', '.join(map(shown, unknown))}? One of {', '.join(promised.allowed)}"
            )
            yield question(f"{where}.words.{name}", told)
    unmapped = [other for other in log.columns if other not in mapped.columns.values()]
    if unmapped:
        yield Advice("not read", listed(unmapped))


def _in_doubt(log: Log, mapped: Mapped, promised: Promised, column: Column) -> str:
    """Say what has to be confirmed: what binds the shop, or takes customers out of the orders."""
    if mapped.contract.is_binding and promised.allowed and not mapped.unknown.get(promised.name):
        words = mapped.words.get(promised.name, {})
        if words or column.distinct == 1 or column.name != promised.name:
            read = [f"{shown(value)} as {words.get(value, value.lower())}" for value in log.values(column)]
            return f"{shown(column.name)} is taken for it, {', '.join(read)}: is that what it says?"
    if promised.kind == "flag" and any("left out" in feed for feed in promised.feeds):
        [(yes,)] = log.ask(f"SELECT count(*) FILTER (read_flag({column.key})) FROM raw", "flags")
        if yes > MANY * log.rows:
            return f"{shown(column.name)} is yes in {yes:,} of {counted(log.rows):row/rows}: are these tests?"
    return ""


def _about_dates(log: Log, mapped: Mapped, where: str) -> Iterator[Advice]:
    """Find the formats of the dates; the parameters name one where it is that of all."""
    patterns, told = [], []
    for promised in mapped.contract.columns:
        column = mapped.columns.get(promised.name)
        if promised.kind != "time" or column is None or log.raw.typed_as(TIMES, column.key):
            continue
        try:
            parameter = f"{where}.date_format ({promised.name})"
            chosen = dates.choose(log.con, column.key, log.spec.date_format, parameter)
        except UserError as error:
            yield Advice("dates", str(error), asks=True)
        else:
            read, rows = dates.count_read(log.con, column.key, chosen)
            told.append(f"{promised.name} {chosen.name}: reads {read:,} of {rows:,} values")
            patterns.append(chosen.pattern)
    if told:
        pattern = patterns[0] if len(set(patterns)) == 1 else ""
        yield Advice("dates", "; ".join(told), settings={"date_format": pattern or "auto"})


def _about_numbers(log: Log, mapped: Mapped, where: str) -> Iterator[Advice]:
    """Find the decimal sign of the numbers."""
    kinds = {promised.name: promised.kind for promised in mapped.contract.columns}
    numbers = [column for name, column in mapped.columns.items() if kinds[name] in NUMERIC]
    if not numbers or all(log.raw.typed_as(NUMBERS, column.key) for column in numbers):
        return
    texts = " UNION ALL ".join(f"SELECT {column.key} AS amount FROM raw" for column in numbers)
    try:
        sign = amounts.choose(log.con, texts, log.spec.decimal, where)
    except UserError as error:
        yield Advice("decimal", str(error), asks=True)
    else:
        yield Advice("decimal", f'"{sign}", decided over {listed(numbers)}', settings={"decimal": sign})


@dataclass(frozen=True)
class Proposed:
    """The section that is proposed, as a run would read it."""

    path: str | None
    url: str | None
    table: str | None
    query: str | None
    since: Since | None
    sheet: str | None
    delimiter: str
    encoding: str
    decimal: str
    date_format: str
    columns: Mapping[str, str | None]
    words: Mapping[str, Mapping[str, str]]


def _proposed(spec: Source, mapped: Mapped, settings: Mapping[str, str]) -> Proposed:
    written = {name: getattr(spec, name) for name in (*PLACE, *SETTINGS)} | dict(settings)
    columns = {name: column.name for name, column in mapped.columns.items()}
    return Proposed(
        **written, columns=columns, words={name: words for name, words in mapped.words.items() if words}
    )


def _tried(contract: Contract, proposed: Proposed, root: Path) -> Iterator[Advice]:
    """Read the table as a run would; tell how many rows keep the contract, and ask where many do not."""
    where = f"sources.{contract.name}"
    setting = Setting(root, AS_OF, 1.0, b"inspect", datetime.now())
    try:
        read = read_table(contract, proposed, setting)
    except UserError as error:
        yield question(where, str(error))
        return
    accepted, rows = read.counts["accepted"], read.counts["rows_read"]
    rules = Counter(zip(read.quarantine["column"], read.quarantine["rule"], strict=True))
    faults = ", ".join(f"{column} {rule} {n:,}" for (column, rule), n in rules.most_common())
    told = f"read so, {accepted:,} of {counted(rows):row keeps/rows keep} the contract"
    if faults:
        told += f"; to quarantine: {faults}"
    if len(read.quarantine) > MANY * rows:
        yield question(where, f"{told}. Which column or word would be right?")
    else:
        yield Advice("tried", told)


def _section(spec: Source, mapped: Mapped, settings: Mapping[str, str]) -> list[str]:
    columns = [f"{name}: {shown(column.name)}" for name, column in mapped.columns.items()]
    columns += [f'{promised.name}: "{ASKED}"        # see the question' for promised in mapped.missing]
    kept = SETTINGS if spec.path else OF_VALUES
    written = {key: settings.get(key, "auto") for key in kept}
    rows = section(mapped.contract.name, place(spec), columns, written)
    words = {name: words for name, words in mapped.words.items() if words}
    return [*rows, f"    words: {json.dumps(words, ensure_ascii=False)}"] if words else rows
