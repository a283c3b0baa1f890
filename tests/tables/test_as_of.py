"""What is not known yet on the as-of date does not exist."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.errors import UserError
from tests.tables.conftest import HEADER, Ingest, parquet_bytes

FOUR_DAYS = HEADER + "a,2021-03-04,5\nb,2021-03-06 23:59:59,6\nc,2021-03-07,7\nd,2021-03-09,8\n"


def test_latest_is_the_day_after_the_last_accepted_row(ingest: Ingest) -> None:
    ingested = ingest(FOUR_DAYS + "e,2021-03-12,x\n")
    assert ingested.as_of == date(2021, 3, 10)
    assert len(ingested.orders) == 4


def test_rows_at_or_after_the_as_of_date_do_not_exist(ingest: Ingest) -> None:
    ingested = ingest(FOUR_DAYS + "e,2021-03-08,x\n,2021-03-08,1\n", as_of=date(2021, 3, 7))
    assert ingested.as_of == date(2021, 3, 7)
    assert len(ingested.orders) == 2
    assert ingested.quarantine.empty
    assert ingested.counts["after_as_of"] == 4


def test_rewriting_the_future_changes_nothing(ingest: Ingest, tmp_path: Path) -> None:
    future = "a,2021-03-07,7\n" * 3 + 'e,2021-03-09,"1,5"\n' * 20
    one, two = (ingest(log, as_of=date(2021, 3, 7)) for log in (FOUR_DAYS, FOUR_DAYS + future))
    assert parquet_bytes(one.orders, tmp_path) == parquet_bytes(two.orders, tmp_path)
    assert one.identities.equals(two.identities)
    assert two.counts["read_as"]["decimal"] == "."


@pytest.mark.parametrize("day", [date(2021, 3, 5), date(2021, 3, 8), date(2021, 3, 10)])
def test_the_as_of_date_may_be_any_day_of_the_log(ingest: Ingest, day: date) -> None:
    assert ingest(FOUR_DAYS, as_of=day).as_of == day


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2021, 3, 4), date(2021, 3, 11), date(2023, 1, 1)])
def test_an_as_of_date_outside_the_log_is_refused(ingest: Ingest, day: date) -> None:
    with pytest.raises(UserError) as raised:
        ingest(FOUR_DAYS, as_of=day)
    assert str(raised.value) == (
        f"as_of: {day} is outside the log, which can be seen as of 2021-03-05 to 2021-03-10\n"
        "  valid: latest, or a date such as 2021-03-10"
    )


def test_what_is_later_than_the_clock_is_quarantined(ingest: Ingest) -> None:
    ingested = ingest(FOUR_DAYS, now=datetime(2021, 3, 7, 12))
    assert ingested.quarantine[["line", "rule"]].to_numpy().tolist() == [[5, "future_date"]]
    assert ingested.as_of == date(2021, 3, 8)
