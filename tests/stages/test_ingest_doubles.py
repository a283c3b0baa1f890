"""What the ingest stage says of rows and orders that stand in a log twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.params import load_params
from pipeline.stages.ingest import read_orders
from tests.stages.conftest import write_params


def test_orders_that_a_later_file_changes_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *lines = (shop / "log.csv").read_text().splitlines()
    numbered = [f"{line},{n}" for n, line in enumerate(lines)]
    (shop / "log.csv").write_text("\n".join([f"{header},no", *numbered]) + "\n")
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["orders"] |= {"path": "log*.csv"}
    params["sources"]["orders"]["columns"]["order_id"] = "no"
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    for again, told in ((numbered[0].replace(",10,", ",9,"), True), (numbered[0], False)):
        (shop / "log-later.csv").write_text(f"{header},no\n{again}\n")
        read_orders(load_params(shop / "params.yaml"))
        assert ("1 order comes again in a later file" in capsys.readouterr().err) is told


def test_rows_that_stand_there_twice_are_warned_of(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = shop / "log.csv"
    header, *lines = log.read_text().splitlines(keepends=True)
    params = yaml.safe_load(write_params(shop).read_text())
    for twice, policy, told in ((71, "keep", True), (10, "keep", False), (71, "drop_exact", False)):
        log.write_text("".join([header, *lines, *lines[:twice]]))
        params["ingest"]["duplicates"] = policy
        (shop / "params.yaml").write_text(yaml.safe_dump(params))
        read_orders(load_params(shop / "params.yaml"))
        assert ("71 of 142 rows equal an earlier one" in capsys.readouterr().err) is told


@pytest.mark.parametrize(
    ("again", "policy", "told"),
    [(12, "drop_repeated_order", True), (5, "drop_repeated_order", False), (12, "drop_exact", False)],
)
def test_files_that_overlap_are_warned_of_where_no_order_id_tells_which_orders_come_again(
    again: int, policy: str, told: bool, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *lines = (shop / "log.csv").read_text().splitlines(keepends=True)
    (shop / "log-later.csv").write_text("".join([header, *lines[-again:]]))
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["orders"]["path"] = "log*.csv"
    params["ingest"]["duplicates"] = policy
    (shop / "params.yaml").write_text(yaml.safe_dump(params))
    read_orders(load_params(shop / "params.yaml"))
    assert (f"{again} of {71 + again} rows equal one of an earlier file" in capsys.readouterr().err) is told


def test_orders_that_one_file_holds_twice_are_warned_of(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    params = yaml.safe_load(write_params(shop).read_text())
    params["sources"]["orders"]["columns"]["order_id"] = "no"
    orders = [
        "".join(f"anna,2023-01-{1 + n // 4:02},{1 + line},{n}\n" for line in range(3)) for n in range(100)
    ]
    two_tickets = [2 * f"anna,2023-03-01,9,{n}\n" for n in range(200, 220)]
    two_sets = [2 * order for order in orders[50:70]]
    others = [*orders[:50], *two_tickets, *two_sets, *orders[70:]]
    for twice, policy, told in ((10, "keep", True), (9, "keep", False), (10, "drop_exact", False)):
        (shop / "log.csv").write_text("".join(["customer,day,amount,no\n", *others, *orders[:twice]]))
        params["ingest"]["duplicates"] = policy
        (shop / "params.yaml").write_text(yaml.safe_dump(params))
        read_orders(load_params(shop / "params.yaml"))
        assert ("10 orders stand in the log twice or more" in capsys.readouterr().err) is told
