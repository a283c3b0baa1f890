"""Addresses that need secrets: these come from the environment, and no message repeats them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from pipeline.errors import UserError
from pipeline.params.secrets import secrets_in

VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]*)")
HIDDEN = "***"
MIN_SECRET = 3


@dataclass(frozen=True)
class Address:
    """A URL with its variables filled in, and the texts in it that must not be shown."""

    url: str
    secrets: tuple[str, ...]

    def hide(self, text: str) -> str:
        """Take the secrets out of another program's message."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


def expand(template: str, environ: Mapping[str, str], where: str) -> Address:
    """Fill ``$NAME`` from the environment.

    A value before the last ``@`` is a user or a password and gets percent-encoded: it may hold any character.

    Parameters
    ----------
    template : str
    environ : mapping
    where : str
        The parameter, for messages.

    Raises
    ------
    UserError
        If a variable is not set.
    """
    credentials_end = template.rfind("@")
    given: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if not environ.get(name):
            raise UserError(
                f"the environment variable {name} is not set", where=where, valid=f"export {name}=…"
            )
        given.append(environ[name])
        return quote(environ[name], safe="") if match.start() < credentials_end else environ[name]

    url = VARIABLE.sub(value, template)
    return Address(url, _secrets(url, given))


def _secrets(url: str, given: list[str]) -> tuple[str, ...]:
    """Return every form in which a secret could come back in a message, the longest first."""
    written = [*given, *secrets_in(url)]
    forms = {form for text in written for form in (text, unquote(text), quote(text, safe=""))}
    words = {
        word for form in forms for word in form.split()
    }  # libpq repeats a part of a password with blanks
    return tuple(sorted((form for form in forms | words if len(form) >= MIN_SECRET), key=len, reverse=True))
