"""Names and texts as SQL writes them: they mean exactly what is written."""


def identifier(name: str) -> str:
    """Quote the name of a column or table.

    Examples
    --------
    >>> identifier('the "net" amount')
    '"the ""net"" amount"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text.

    Examples
    --------
    >>> literal("Bob's")
    "'Bob''s'"
    """
    return "'" + text.replace("'", "''") + "'"
