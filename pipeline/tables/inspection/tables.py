"""What a file seems to be as an optional table: its contract says which columns and values are looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.tables.contracts import OPTIONAL, Contract
from pipeline.tables.contracts import Column as Promised
from pipeline.tables.inspection import vocabulary
from pipeline.tables.inspection.log import SOME, Log
from pipeline.tables.inspection.names import ROLES
from pipeline.tables.inspection.roles import ENOUGH, Column, plain

NUMERIC = ("money", "number", "count")
OF_A_LOG = ("customer_id", "order_id", "product_id", "amount", "quantity", "channel")
NO_WORDS = ("id", "at", "is", "of")
BY_VALUES, BY_NAME, LITTLE = 4, 2, 1  # how much speaks for a column: its values, its name, a part of it


@dataclass(frozen=True)
class Mapped:
    """Which column of a file is which of a table.

    Attributes
    ----------
    contract : Contract
    columns : mapping of str to Column
        By our name.
    rivals : mapping of str to sequence of Column
        For which of these names as much speaks for other columns.
    words : mapping of str to mapping of str to str
        For a column with a list of values, the words of the file for them.
    unknown : mapping of str to sequence of str
        Its values that are not on the list.
    """

    contract: Contract
    columns: Mapping[str, Column]
    rivals: Mapping[str, Sequence[Column]]
    words: Mapping[str, Mapping[str, str]]
    unknown: Mapping[str, Sequence[str]]

    @property
    def missing(self) -> list[Promised]:
        """The columns that have to be there and were not found."""
        return [c for c in self.contract.columns if not c.nullable and c.name not in self.columns]


def likely_tables(log: Log) -> list[str]:
    """Name the tables that a file seems to be: all that has to be is there, some of it by its values.

    Of several only those that most of its columns are of: a list of consents has a channel and a day, too,
    and is no list of messages.
    """
    found = (map_table(log, contract) for contract in OPTIONAL.values())
    likely = [mapped for mapped in found if not mapped.missing and _has_its_values(mapped)]
    most = max((len(mapped.columns) for mapped in likely), default=0)
    return [mapped.contract.name for mapped in likely if len(mapped.columns) == most]


def _has_its_values(mapped: Mapped) -> bool:
    """Tell whether all values of one column at least are on its list, in our words or known ones."""
    lists = [c.name for c in mapped.contract.columns if c.allowed and not c.nullable]
    return any(not mapped.unknown[name] for name in lists)


def map_table(log: Log, contract: Contract) -> Mapped:
    """Find the columns of a table: what most speaks for comes first, and no column is two.

    Parameters
    ----------
    log : Log
        The file, with its columns described.
    contract : Contract
    """
    filled = [column for column in log.columns if column.filled]
    rated = {
        (promised.name, column.key): _rate(log, contract, promised, column)
        for promised in contract.columns
        for column in filled
    }
    by_key = {column.key: column for column in log.columns}
    columns: dict[str, Column] = {}
    rivals: dict[str, list[Column]] = {}
    for (name, key), rating in sorted(rated.items(), key=lambda pair: -pair[1]):
        if rating and name not in columns and by_key[key] not in columns.values():
            columns[name] = by_key[key]
            free = [other for other in filled if other not in columns.values()]
            kind = contract.column(name).kind
            as_good = (other for other in free if rated[name, other.key] == rating)
            alike = (other for other in free if rating == LITTLE and _is_alike(kind, other))
            rivals[name] = list(dict.fromkeys((*as_good, *alike)))
    lists = {promised.name: promised.allowed for promised in contract.columns if promised.allowed}
    words, unknown = {}, {}
    for name in lists.keys() & columns.keys():
        values = log.values(columns[name])
        means = {value: vocabulary.means(plain(value), lists[name]) for value in values}
        words[name] = {v: ours for v, ours in means.items() if ours and v.lower() != ours}
        unknown[name] = [value for value, ours in means.items() if ours is None]
    known = [c.name for c in contract.columns if not c.known_from or c.known_from in columns]
    in_order = {name: columns[name] for name in known if name in columns}
    return Mapped(contract, in_order, {n: c for n, c in rivals.items() if c}, words, unknown)


def _is_alike(kind: str, column: Column) -> bool:
    """Tell whether a column holds days or amounts, as one does that little speaks for."""
    is_day = column.dates >= ENOUGH
    return is_day if kind == "time" else kind == "money" and column.decimals > 0 and not is_day


def _rate(log: Log, contract: Contract, promised: Promised, column: Column) -> int:
    """Rate how much speaks for a column: nothing where its values cannot be what is promised."""
    if not _is_possible(log, promised, column):
        return 0
    by_name = _by_name(contract, promised, column)
    is_of_else = _is_of_else(promised, column)
    if promised.name == contract.event_time and not by_name and not is_of_else:
        # A single day is that of the row; of several, one that tells nothing else may be.
        others = [other for other in log.columns if other.dates >= ENOUGH and other != column]
        by_name = LITTLE if not others or ROLES["ordered_at"].rate(column.plain_name) == BY_NAME else 0
    if promised.allowed and (by_name or not (contract.is_binding or is_of_else)):
        means = [vocabulary.means(plain(value), promised.allowed) for value in log.values(column)]
        return by_name + BY_VALUES * all(means)
    return by_name


def _by_name(contract: Contract, promised: Promised, column: Column) -> int:
    """Rate a name: 3 it is ours or of this table alone, 2 all of our words are in it, 1 it may be."""
    name = column.plain_name
    if name == promised.name.replace("_", ""):
        return BY_NAME + 1
    if _is_of_else(promised, column):
        return 0
    of_log = min(ROLES[promised.name].rate(name), BY_NAME) if promised.name in OF_A_LOG else 0
    if of_table := vocabulary.OF_TABLES.get(f"{contract.name}.{promised.name}"):
        return BY_NAME + 1 if re.search(of_table, name) else min(of_log, LITTLE)
    if of_log:
        return of_log
    if promised.entity == "customer" and re.search(vocabulary.OF_PEOPLE, name):
        return LITTLE
    ours = [word for word in promised.name.split("_") if word not in NO_WORDS]
    found = re.fullmatch if promised.kind == "flag" else re.search
    return BY_NAME if all(found(vocabulary.names(word), name) for word in ours) else 0


def _is_of_else(promised: Promised, column: Column) -> bool:
    """Tell whether a name says that it is another thing, unless that is what is promised."""
    is_promised = promised.planned or re.search(vocabulary.AGAINST, promised.name.replace("_", ""))
    return not is_promised and bool(re.search(vocabulary.AGAINST, column.plain_name))


def _is_possible(log: Log, promised: Promised, column: Column) -> bool:
    is_day = column.dates >= ENOUGH
    match promised.kind:
        case "time":
            return is_day
        case "flag":
            [(read,)] = log.ask(
                f"SELECT count(*) FILTER (read_flag({column.key}) IS NULL) FROM raw WHERE {column.key} <> ''",
                "flags",
            )
            return bool(read == 0)
        case "key":
            return not is_day and column.decimals < ENOUGH
        case "text" if promised.allowed:
            return column.distinct <= SOME and not is_day
        case "text":
            mails = f"SELECT 1 FROM raw WHERE holds_email({column.key}) LIMIT 1"
            return not is_day and not log.ask(mails, "mails")
        case "count":
            return column.numbers >= ENOUGH and column.decimals == 0
        case _:
            return column.numbers >= ENOUGH
