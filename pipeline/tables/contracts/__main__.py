"""Write docs/tables.md."""

from __future__ import annotations

from pipeline.tables.contracts import ALL_QUARANTINED, OPTIONAL, ORDER_LOG, ORDERS, RETURNS
from pipeline.tables.contracts.page import page
from pipeline.tables.io import write_bytes

if __name__ == "__main__":
    write_bytes(
        page(ORDER_LOG, OPTIONAL.values(), (ORDERS, RETURNS, ALL_QUARANTINED)).encode(), "docs/tables.md"
    )
