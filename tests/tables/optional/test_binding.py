"""What consents say has to be obeyed: no refusal is lost between the file and the table."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import UserError
from pipeline.params.sources import TableSource
from pipeline.privacy.consent import permissions
from pipeline.tables.io import to_pandas
from pipeline.tables.optional.tables import Setting, read_tables

NOW = datetime(2024, 7, 1, 12)
HEAD = "customer,purpose,status,at\n"
GRANTED = "anna,email,granted,2024-01-01\n"


def read(folder: Path, rows: str, max_share: float = 0.9) -> pd.DataFrame:
    (folder / "consents.csv").write_text(HEAD + GRANTED + rows)
    columns = {"customer_id": "customer", "purpose": "purpose", "status": "status", "changed_at": "at"}
    spec = TableSource(path="consents.csv", columns=columns)
    setting = Setting(folder, date(2024, 6, 1), max_share, b"x" * 32, NOW)
    [table] = read_tables({"consents": spec}, pd.Series(["anna"]), setting)
    return to_pandas(table.rows)


@pytest.mark.parametrize(
    "refusal",
    ["anna,email,objected,2024-07-01\n", "anna,email,withdrawn,2024-01-01\n"],
    ids=["later", "same"],
)
def test_a_refusal_counts_whenever_it_was_said(tmp_path: Path, refusal: str) -> None:
    assert permissions(read(tmp_path, ""))["channels"].tolist() == ["email"]
    assert permissions(read(tmp_path, refusal))["channels"].tolist() == [""]


@pytest.mark.parametrize(
    "row",
    [
        "anna,email,opt-out,2024-05-01\n",
        "anna,all,objected,2024-05-01\n",
        "anna,email,objected,\n",
        "anna,email,granted,2062-05-01\n",
    ],
)
def test_what_cannot_be_read_may_be_a_refusal(tmp_path: Path, row: str) -> None:
    with pytest.raises(UserError, match=r"1 row cannot be used, which may be a refusal: .* consents.csv:3"):
        read(tmp_path, row)
    with pytest.raises(UserError, match="may be a refusal") as caught:
        read(tmp_path, row, max_share=0.05)
    assert "max_quarantine_share" not in str(caught.value)


def test_a_word_of_today_counts_in_whatever_zone_it_is_written(tmp_path: Path) -> None:
    assert permissions(read(tmp_path, "anna,sms,granted,2024-07-02 02:00\n"))["channels"].tolist() == [
        "email sms"
    ]


def test_a_row_of_nobody_stops_nothing(tmp_path: Path) -> None:
    assert len(read(tmp_path, ",email,objected,2024-05-01\n")) == 1
