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


def test_links_between_pages_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith(("http", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
