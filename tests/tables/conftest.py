from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.tables.ingest import Ingested, ingest_orders

NOW = datetime(2024, 1, 1, 12)
PEPPER = b"0123456789abcdef0123456789abcdef"

Ingest = Callable[..., Ingested]


def order_source(path: str, **given: Any) -> SimpleNamespace:
    """A source as the parameters describe it; every column can be renamed, order_id is off."""
    names = {"customer_id": "customer", "ordered_at": "date", "amount": "amount", "order_id": None}
    columns = SimpleNamespace(**{our: given.pop(our, name) for our, name in names.items()})
    dialect = {"delimiter": "auto", "encoding": "auto", "decimal": "auto", "date_format": "auto"}
    return SimpleNamespace(path=path, columns=columns, **{**dialect, **given})


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    """Write the content as data/raw/orders.csv (or the files given by name) and ingest it."""

    def run(
        content: str | bytes | dict[str, bytes] | None = None,
        *,
        path: str = "data/raw/orders.csv",
        as_of: date | str = "latest",
        now: datetime = NOW,
        max_share: float = 1.0,
        on_phase: Callable[[str], None] = lambda _: None,
        **source: Any,
    ) -> Ingested:
        files = content if isinstance(content, dict) else {} if content is None else {path: content}
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        return ingest_orders(
            order_source(path, **source), tmp_path, as_of, now, max_share, PEPPER, on_phase=on_phase
        )

    return run
