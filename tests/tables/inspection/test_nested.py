"""What `churn inspect` says of JSON lines with objects in them, as the interfaces of shops give orders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tables.conftest import inspected, orders_of
from tests.tables.inspection.drawn import pasted


def order(n: int, **more: Any) -> dict[str, Any]:
    customer = {"id": 6600000000000 + n % 7, "email": "anna@example.com"}
    return {
        "id": 4500000000000 + n,
        "created_at": f"2024-01-{n + 1:02}T10:00:00Z",
        "total_price": f"{n}.50",
        "customer": customer,
        "line_items": [{"price": f"{n}.50"}],
        **more,
    }


def lines(**more: Any) -> str:
    return "".join(json.dumps(order(n, **more)) + "\n" for n in range(28))


def test_what_an_object_holds_is_read_as_columns(tmp_path: Path) -> None:
    found = inspected(tmp_path, lines())
    assert dict(found.findings)["customer_id"].startswith('"customer_id": its name')
    objects, lists = (told for about, told in found.findings if about == "nested")
    assert objects.startswith('what is in "customer" is read as columns of their own')
    assert lists.startswith('lists are not read: "line_items"')
    assert found.questions == ()
    orders = orders_of(pasted(found, tmp_path))
    assert len(orders) == 28
    assert ("6600000000001", "2024-01-02 10:00:00", "1.5000") in orders


def test_a_list_of_refunds_is_asked_about(tmp_path: Path) -> None:
    [asked] = inspected(tmp_path, lines(refunds=[])).questions
    assert asked.startswith('sources.returns: "refunds" is a list, which is not read')


def test_flat_lines_need_no_query(tmp_path: Path) -> None:
    text = "".join(json.dumps({**order(n), "customer": f"k{n % 7}"}) + "\n" for n in range(28))
    assert "query" not in inspected(tmp_path, text).snippet


def test_keys_that_are_ids_are_no_columns(tmp_path: Path) -> None:
    text = "".join(
        json.dumps(order(n, stock={f"sku{n}_{part}": part for part in range(5)})) + "\n" for n in range(28)
    )
    found = inspected(tmp_path, text)
    told = [told for about, told in found.findings if about == "nested"]
    assert told[0].startswith('what is in "customer" is read')
    assert told[1].startswith('"stock" is not read: its keys differ')
    assert "sku" not in found.snippet
    assert len(orders_of(pasted(found, tmp_path))) == 28


def test_a_key_that_is_an_object_in_some_lines_alone_is_asked_about(tmp_path: Path) -> None:
    plain = [json.dumps({**order(n), "customer": f"k{n % 7}"}) + "\n" for n in range(28)]
    [asked] = inspected(tmp_path, lines() + "".join(plain)).questions[:1]
    assert '"customer" is an object in some lines and plain in others' in asked
