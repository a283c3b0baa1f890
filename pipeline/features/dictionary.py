"""docs/features.md: the data dictionary of the features."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from pipeline.features.feature import Feature, Topic


def page(topics: Iterable[Topic]) -> str:
    """Return the page in Markdown.

    Parameters
    ----------
    topics : iterable of Topic
        In the order of the page.
    """
    head = resources.files("pipeline.features").joinpath("dictionary_head.md").read_text(encoding="utf-8")
    return "\n".join([head, *map(_section, topics)])


def _section(topic: Topic) -> str:
    head = "| feature | meaning | unit | missing | scale | formula |\n|---|---|---|---|---|---|"
    rows = "\n".join(map(_row, topic.features))
    needs = f" Needs {' and '.join(f'`sources.{table}`' for table in topic.tables)}." if topic.tables else ""
    file = f"`pipeline/features/sql/{topic.rows}.sql`"
    return f"## {topic.name}\n{topic.meaning}{needs} Rows: {file}.\n\n{head}\n{rows}\n"


def _row(feature: Feature) -> str:
    formula = " ".join(feature.sql.split()).replace("|", "\\|")
    cells = (
        f"`{feature.name}`",
        feature.meaning,
        feature.unit,
        feature.missing,
        feature.scale or "",
        f"`{formula}`",
    )
    return f"| {' | '.join(cells)} |"
