"""The ingest stage on small shops: what it says, and what it refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from pipeline.errors import UserError
from pipeline.params import load_params
from pipeline.stages.ingest import ingest, read_orders
from pipeline.tables.io import all_or_nothing
from tests.stages.conftest import START, write_params


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Give the machine its own time zone back once the test has put back the environment."""
    yield
    time.tzset()


def test_a_log_that_starts_mid_life_is_warned_of_by_whoever_reads_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = read_orders(load_params(write_params(shop))).counts
    told = 'set ingest.births_from: "2023-01-23", if the 183 days from then on, and the 27 customers'
    assert told in capsys.readouterr().err
    assert counts["remarks"] == ["starts_late"]
    counts = read_orders(load_params(write_params(shop, "2023-01-23"))).counts
    assert "births_from" not in capsys.readouterr().err
    assert counts["remarks"] == []


@pytest.mark.parametrize("machine", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("timezone", "newest", "passes"),
    [
        ("Asia/Tokyo", "{tokyo:%Y-%m-%d %H:%M:%S}", True),
        ("Asia/Tokyo", "{utc:%Y-%m-%dT%H:%M:%SZ}", True),
        ("Asia/Tokyo", "{later:%Y-%m-%dT%H:%M:%SZ}", False),
        (None, "{tokyo:%Y-%m-%d %H:%M:%S}", True),
        (None, "{utc:%Y-%m-%dT%H:%M:%SZ}", True),
        (None, "{tomorrow:%Y-%m-%dT%H:%M:%SZ}", False),
    ],
)
def test_the_newest_orders_are_not_in_the_future_whatever_the_clock_of_the_machine(
    shop: Path, monkeypatch: pytest.MonkeyPatch, machine: str, timezone: str | None, newest: str, passes: bool
) -> None:
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    now = datetime.now(UTC) - timedelta(minutes=5)
    clocks = {
        "utc": now,
        "tokyo": now.astimezone(ZoneInfo("Asia/Tokyo")),
        "later": now + timedelta(hours=1),
        "tomorrow": now + timedelta(hours=24),
    }
    with (shop / "log.csv").open("a") as log:
        log.write(f"newest,{newest.format(**clocks)},10\n")
    params = load_params(write_params(shop, timezone=timezone))
    assert read_orders(params).counts["rules"].get("future_date", 0) == (0 if passes else 1)


def test_keys_that_had_a_secret_are_not_made_without_one(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cron does not see what was exported in a shell."""
    params = load_params(write_params(shop))
    monkeypatch.delenv("CHURN_PEPPER", raising=False)
    ingest(params)  # the first run on trial
    guessable = (shop / "data/interim/orders.parquet").read_bytes()
    monkeypatch.setenv("CHURN_PEPPER", "x" * 32)
    ingest(params)
    secret = (shop / "data/interim/orders.parquet").read_bytes()
    assert secret != guessable
    ingest(params)  # the same secret again
    for other, problem in (("y" * 32, "another secret than"), ("", "not set, but")):
        monkeypatch.setenv("CHURN_PEPPER", other)
        with pytest.raises(UserError, match=f"CHURN_PEPPER: {problem}"):
            ingest(params)
    assert (shop / "data/interim/orders.parquet").read_bytes() == secret
    (shop / "data/interim/log.json").unlink()
    ingest(params)
    assert (shop / "data/interim/orders.parquet").read_bytes() == guessable


def test_births_after_the_log_are_refused(shop: Path) -> None:
    with pytest.raises(UserError, match="2030-01-01 is after the last order"):
        read_orders(load_params(write_params(shop, "2030-01-01")))


def test_the_customers_it_speaks_of_are_those_with_orders(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(load_params(write_params(shop)))
    assert "70 orders of 70 customers" in capsys.readouterr().out
    assert (shop / "data/interim/orders.parquet").is_file()


@pytest.mark.parametrize(("amount", "told"), [("0.0508", True), ("0.50", False), ("0", False)])
def test_amounts_that_rounding_to_cents_would_lose_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str], amount: str, told: bool
) -> None:
    rows = "".join(f"anna,2023-01-{n:02},{amount}\n" for n in range(1, 20))
    (shop / "log.csv").write_text(f"customer,day,amount\n{rows}")
    read_orders(load_params(write_params(shop)))
    assert ("half of the orders are worth 0.051 or less" in capsys.readouterr().err) is told


def test_a_few_orders_long_before_all_others_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop / "log.csv"
    rows = "".join(f"n{n},2023-04-{1 + n % 28:02},9\n" for n in range(300))
    log.write_text(f"{log.read_text()}{rows}old-1,2000-01-01,5\nold-2,2000-01-03,5\n")
    read_orders(load_params(write_params(shop)))
    said = capsys.readouterr().err
    assert "2 of 372 orders lie before 2000-01-04, more than a year before all others, which begin on" in said
    log.write_text(log.read_text().replace("2000-01", "2022-12"))
    read_orders(load_params(write_params(shop)))
    assert "before all others" not in capsys.readouterr().err


def test_a_few_orders_long_after_all_others_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shop / "log.csv"
    rows = "".join(f"n{n},2023-04-{1 + n % 28:02},9\n" for n in range(300))
    log.write_text(f"{log.read_text()}{rows}old-1,2023-12-24,5\n")
    assert read_orders(load_params(write_params(shop))).as_of == date(2023, 12, 25)
    said = capsys.readouterr().err
    assert "1 of 371 orders lie on 2023-12-24 or after it, 153 days after all others, which end on" in said
    assert 'set as_of to "2023-07-25"' in said
    log.write_text(log.read_text().replace("2023-12-24", "2023-09-24"))
    read_orders(load_params(write_params(shop)))
    assert "after all others" not in capsys.readouterr().err


def test_a_shop_that_opens_for_a_season_is_not_told_so_of_its_first_orders(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seasons = "".join(
        f"n{n % 90},{year}-1{n % 3}-{1 + n % 28:02},9\n" for year in (2020, 2021) for n in range(300)
    )
    (shop / "log.csv").write_text(f"customer,day,amount\n{seasons}n1,2022-10-03,5\n")
    read_orders(load_params(write_params(shop)))
    assert "after all others" not in capsys.readouterr().err


def test_lines_without_an_order_id_are_warned_of(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = shop / "log.csv"
    log.write_text(
        log.read_text() + "".join(f"old-{n},{START + timedelta(days=n % 20)},7\n" for n in range(30))
    )
    read_orders(load_params(write_params(shop)))
    assert "30% fewer orders if what a customer buys at one time were one" in capsys.readouterr().err
    header, *lines = log.read_text().splitlines()
    log.write_text(
        "\n".join([f"{header},order", *(f"{line},of {line.split(',')[0]}" for line in lines)]) + "\n"
    )
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["orders"]["columns"]["order_id"] = "order"
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    read_orders(load_params(shop / "params.yaml"))
    assert "fewer orders" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "policy", "told"), [(1, "match", True), (20, "match", False), (1, "drop", False)]
)
def test_returns_that_name_the_shop_and_not_the_buyer_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str], names: int, policy: str, told: bool
) -> None:
    log = shop / "log.csv"
    refunds = [f"{f'from before {n % names}' if n < 20 else f'old-{n}'},2023-09-01,-1" for n in range(40)]
    log.write_text(log.read_text() + "\n".join(refunds) + "\n")
    params = yaml.safe_load(write_params(shop).read_text())
    params["ingest"]["returns"] = policy
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    read_orders(load_params(shop / "params.yaml"))
    said = capsys.readouterr().err
    assert ("20 of 41 returns are of one customer with no order" in said) is told
    assert ("with no order to take them from" in said) is told


def test_a_log_that_was_cut_short_stops_before_anything_is_written(shop: Path) -> None:
    params, log, written = (
        load_params(write_params(shop)),
        shop / "log.csv",
        Path("data/interim/orders.parquet"),
    )
    lines = log.read_text().splitlines(keepends=True)
    ingest(params)
    whole = written.read_bytes()
    log.write_text("".join(lines[: len(lines) // 2]))
    told = "sources.orders: 35 orders, the last run found 70: a part seems to be missing"
    with pytest.raises(UserError, match=told), all_or_nothing():
        ingest(params)
    assert written.read_bytes() == whole
    log.write_text("".join(lines[:-4]))
    ingest(params)  # some less is no matter
    log.write_text("".join(lines[: len(lines) // 2]))
    ingest(load_params(write_params(shop, timezone="Europe/Berlin")))  # nor is less, read in another way


def test_so_do_consents_for_the_last_rows_are_the_latest_refusals(shop: Path) -> None:
    said = [f"old-{n},email,granted,2023-01-02\n" for n in range(20)]
    params = yaml.safe_load(write_params(shop).read_text())
    columns = {name: name for name in ("customer_id", "purpose", "status", "changed_at")}
    params["sources"]["consents"] = {"path": "consents.csv", "columns": columns}
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    for rows in (20, 18):
        (shop / "consents.csv").write_text(",".join(columns) + "\n" + "".join(said[:rows]))
        ingest(load_params(shop / "params.yaml"))
    (shop / "consents.csv").write_text(",".join(columns) + "\n" + "".join(said[:16]))
    with pytest.raises(UserError, match=r"sources\.consents: 16 rows, the last run found 18"):
        ingest(load_params(shop / "params.yaml"))
