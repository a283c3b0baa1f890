"""Which parts of an address are secrets."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

NAMED = re.compile(
    r"(?:^|[?&;\s])[\w.-]*(?:pass|passwd|password|passphrase|pwd|token|secret|sig|signature|(?<!ssl)key)"
    r"\s*=\s*('[^']*'|[^&;#\s]+)",
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
