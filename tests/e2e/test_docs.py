"""The docs say what the tables hold."""

import re
from collections.abc import Iterator
from typing import get_args

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel

from pipeline.params import Params
from tests.conftest import ROOT

TABLES = (
    "data/scored/customers.parquet",
    "data/scored/segments.parquet",
    "data/scored/holdout.parquet",
    "data/snapshots/snapshots.parquet",
    "data/snapshots/lifetime_value.parquet",
)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_explained(scored, table):
    text = "".join((ROOT / "docs" / page).read_text() for page in ("outputs.md", "features.md"))
    explained = set(re.findall(r"`([A-Za-z_0-9]+)`", text))
    columns = set(pd.read_parquet(scored.path / table).columns)
    assert columns <= explained


def test_days_are_of_one_kind_so_that_tables_can_be_joined(scored):
    days = {"cutoff", "as_of", "first_order_on", "last_order_on"}
    kinds = {
        (table, field.name): str(field.type)
        for table in TABLES
        for field in pq.read_schema(scored.path / table)
        if field.name in days
    }
    assert len(kinds) > len(TABLES)
    assert set(kinds.values()) == {"timestamp[us]"}, kinds


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]


def anchors(page):
    """What the headings of a page are called in links, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        file, _, heading = target.partition("#")
        if not target.startswith(("http", "mailto:")):
            found = page.parent / file if file else page
            assert found.exists(), target
            assert not heading or heading in anchors(found), target


def keys(section: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every key of params.yaml with those above it, dots between."""
    for name, field in section.model_fields.items():
        yield above + name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from keys(kind, f"{above}{name}.")


KEYS = set(keys(Params))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
FOLDERS = ("pipeline", "tests", "docs", "benchmarks", "notebooks")
SUFFIXES = {"py", "json", "parquet", "skops", "html", "csv"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_is_named_exists(page):
    """Parameters, files and targets of make that stand as code."""
    code = re.findall(r"```.*?```|`[^`\n]+`", page.read_text(), re.DOTALL)
    sections = "|".join(Params.model_fields)
    for text in code:
        for key in re.findall(rf"(?<![\w./])(?:{sections})(?:\.[a-z_]+)+(?![\w./])", text):
            assert key in KEYS or key.rsplit(".", 1)[1] in SUFFIXES, key
        for file in re.findall(rf"(?<![\w./])(?:{'|'.join(FOLDERS)})/[\w./*-]+", text):
            assert list(ROOT.glob(file.rstrip("/."))), file
        for target in re.findall(r"(?:^|`|&& |; )make ([a-z-]+)", text, re.MULTILINE):
            assert target in TARGETS, target
