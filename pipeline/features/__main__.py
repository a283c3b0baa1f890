"""Write docs/features.md."""

from __future__ import annotations

from pipeline.features.catalogue import TOPICS
from pipeline.features.dictionary import page
from pipeline.tables.io import write_bytes

if __name__ == "__main__":
    write_bytes(page(TOPICS).encode(), "docs/features.md")
