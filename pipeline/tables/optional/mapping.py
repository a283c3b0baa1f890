"""What a shop's parameters say of a table's columns, held against its contract before anything is read."""

from __future__ import annotations

from difflib import get_close_matches

from pipeline.errors import UserError
from pipeline.tables.contracts import Contract
from pipeline.tables.contracts.contract import Column
from pipeline.tables.sources.spec import TableSource


def mapped_columns(contract: Contract, spec: TableSource, where: str) -> dict[str, str | None]:
    """Return our name to theirs for every column of the contract, None where the source has none.

    Raises
    ------
    UserError
        For a column the contract does not have, or has to have and is not mapped.
    """
    names = ", ".join(contract.names)
    for our in spec.columns:
        if our not in contract.names:
            close = get_close_matches(our, contract.names, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise UserError(
                f"{contract.name} has no column {our!r}; names, addresses and free text have no place here",
                where=f"{where}.columns.{our}",
                valid=f"{hint}the columns here are {names}",
            )
    columns = {our: spec.columns.get(our) for our in contract.names}
    for column in contract.columns:
        name = column.name
        if not column.nullable and not columns[name]:
            raise UserError(
                f"{contract.name} needs the column {name}",
                where=f"{where}.columns",
                valid=f"{name}: the name of the column in your file{of_one_kind(column, spec.path)}",
            )
        if columns[name] and column.known_from and not columns[column.known_from]:
            raise UserError(
                f"{name} needs the column {column.known_from}, or nobody can tell since when it is known",
                where=f"{where}.columns",
                valid=f"{column.known_from}: the name of the column in your file",
            )
    return columns


def check_words(contract: Contract, spec: TableSource, where: str) -> None:
    """Raise a UserError unless the words are for columns with a list of values, and mean values of it."""
    lists = {column.name: column.allowed for column in contract.columns if column.allowed}
    for name, words in spec.words.items():
        if name not in lists:
            listed = ", ".join(lists) or "no column of this table"
            raise UserError(
                f"{name} is not a column with a list of values", where=f"{where}.words", valid=listed
            )
        for word, ours in words.items():
            if ours not in lists[name]:
                raise UserError(
                    f"{word} cannot mean {ours!r}",
                    where=f"{where}.words.{name}",
                    valid=", ".join(lists[name]),
                )


def of_one_kind(column: Column, path: str | None) -> str:
    """Say how a file has a column that would be the same in every row, as in a list of e-mails."""
    if not (column.allowed and path):
        return ""
    query = f"SELECT *, '{column.allowed[0]}' AS {column.name} FROM read_csv('{path}', all_varchar = true)"
    return f"; if it would be the same in every row, in place of path, url: duckdb:// and query: {query}"
