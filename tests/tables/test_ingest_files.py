"""Which files a path means, and how they are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import UserError
from tests.tables.conftest import HEADER, NOBODY_LEFT_OUT, Ingest


def test_a_glob_reads_all_files_and_counts_each(ingest: Ingest) -> None:
    files = {
        "data/raw/orders-2020.csv": b"customer,date,amount\na,2020-03-04,5\n",
        "data/raw/orders-2021.csv": b"date;amount;customer\n2021-03-04;7;a\n2021-03-05;x;b\n",
        "data/raw/other.txt": b"not asked for",
    }
    ingested = ingest(files, path="data/raw/orders-*.csv")
    assert ingested.orders["ordered_at"].dt.year.tolist() == [2020, 2021]
    assert ingested.quarantine[["source", "line"]].to_numpy().tolist() == [["data/raw/orders-2021.csv", 3]]
    assert {label: read["rows_read"] for label, read in ingested.counts["sources"].items()} == {
        "data/raw/orders-2020.csv": 1,
        "data/raw/orders-2021.csv": 2,
    }


def test_an_absolute_path_is_not_shown(ingest: Ingest, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "log.csv").write_text(HEADER + "a,2021-03-04,5\nb,x,5\n")
    ingested = ingest(path=str(elsewhere / "*.csv"))
    assert ingested.quarantine["source"].tolist() == ["log.csv"]


def test_a_file_that_may_not_be_read(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may read everything
    with pytest.raises(UserError, match=r"data/raw/orders.csv may not be read"):
        ingest(HEADER + "a,2021-03-04,5\n")


def test_a_file_whose_name_looks_like_a_pattern_is_read_alone(ingest: Ingest, tmp_path: Path) -> None:
    name, log = "data/raw/all*.csv", f"{HEADER}a,2021-03-04,5\n"
    ingested = ingest(
        {name: log.encode(), "data/raw/all but one.csv": f"{log}b,2021-03-05,6\n".encode()}, path=name
    )
    assert ingested.counts["sources"] == {
        name: {"rows_read": 1, "accepted_rows": 1, "quarantined": 0, "after_as_of": 0, **NOBODY_LEFT_OUT}
    }
