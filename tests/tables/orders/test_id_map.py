"""Ids that the shop's own table links are one customer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.tables.ingest import Ingested
from pipeline.tables.orders.policies import Policies
from tests.tables.conftest import AUTO, LOG, NOWHERE, Ingest, decided, log_of


def id_map() -> Any:
    columns = SimpleNamespace(from_id="card", customer_id="customer")
    return SimpleNamespace(path="data/raw/ids.csv", columns=columns, **NOWHERE, **AUTO)


def linked(ingest: Ingest, ids: str) -> Ingested:
    rows = log_of("c1,2021-03-04,1", "c2,2021-03-05,2", "m,2021-03-06,3", "x,2021-03-07,4", "x,2021-03-08,4")
    files = {LOG: rows.encode(), "data/raw/ids.csv": f"card,customer\n{ids}".encode()}
    return ingest(files, path=LOG, policies=Policies(id_map=id_map()))


def test_linked_ids_are_one_customer_and_the_others_are_counted(ingest: Ingest) -> None:
    done = linked(ingest, "c1,m\nc2,m\nc2,m\nm,m\n")
    assert done.identities["customer_id"].tolist() == ["m", "x"]
    assert done.counts["customers"] == 2
    assert decided(done)["unlinked"] == {"rows": 2, "ids": 1}
    assert done.counts["lookups"]["id_map"]["merged"] == 1


@pytest.mark.parametrize(
    ("ids", "found", "customers"),
    [
        ("c1,c2\nc2,m\n", [[2, "leads_on"]], ["c1", "m", "x"]),
        ("c1,c2\nc2,c1\n", [[2, "leads_on"], [3, "leads_on"]], ["c1", "c2", "m", "x"]),
        ("c1,m\nc1,x\n", [[2, "two_customers"], [3, "two_customers"]], ["c1", "c2", "m", "x"]),
        ("c1,m\n,x\n", [[3, "missing_id"]], ["c2", "m", "x"]),
        ("", [], ["c1", "c2", "m", "x"]),
    ],
)
def test_a_wrong_link_is_quarantined_and_links_nothing(
    ingest: Ingest, ids: str, found: list[Any], customers: list[str]
) -> None:
    done = linked(ingest, ids)
    assert done.lookups[0].quarantine[["line", "rule"]].to_numpy().tolist() == found
    assert done.identities["customer_id"].tolist() == customers
    counts = done.counts["lookups"]["id_map"]
    assert counts["rows_read"] == len(ids.splitlines())
    assert counts["rows_read"] == counts["accepted"] + counts["merged"] + counts["quarantined"]
