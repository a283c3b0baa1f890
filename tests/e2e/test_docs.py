"""The docs say what the tables hold."""

import re

import pandas as pd
import pytest

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
