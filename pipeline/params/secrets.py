"""Which parts of an address are secrets."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WORD = r"(?:(?<![^\W_])|(?-i:(?<=[a-z])(?=[A-Z])))"  # one begins after no letter, or as in userPass
KEYS = (  # that open something; a sort_key or a primarykey does not
    "(?:shared)?access|account|admin|api|app|auth|client|functions?|license|master|private|secret|security|"
    "service|shared|storage|subscription"
)
NAMED = re.compile(
    r"(?:^|[?&;\s])(?:key|[\w.-]*(?:password|passwd|passphrase|pwd|token|secret|signature"
    rf"|{WORD}(?:(?:user|db)?pass|sig|(?:{KEYS})[_.-]?key)))\s*=\s*('[^']*'|[^&;#\s]+)",
    re.IGNORECASE,
)
"""The value of ``?token=…`` in a URL, or of ``password=…`` in a DSN; the sslkey of libpq is a file."""


def secrets_in(address: str) -> list[str]:
    """Return the password and whatever else is named as a secret in a URL or a DSN, as it is written."""
    try:
        password = urlsplit(address).password
    except ValueError:
        password = None
    named = [value.strip("'") for value in NAMED.findall(address)]
    return [secret for secret in (password, *named) if secret]
