"""The ingest stage of a shop that delivers order lines and a table of customers: what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.errors import UserError
from pipeline.params import load_params
from pipeline.stages.ingest import ingest, read_orders

PROJECT = Path(__file__).parents[2]
LINES = {"order_id": "no", "customer_id": "who", "ordered_at": "day", "product_id": "sku", "amount": "sum"}
CUSTOMERS = {"customer_id": "who", "account_type": "kind"}


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Parameters of a shop with 30 customers, one of whom is a test account by a word of the shop's."""
    lines = [f"{n},c{n % 30},2023-01-{1 + n % 28:02},a{n},10" for n in range(60)]
    (tmp_path / "lines.csv").write_text("\n".join(["no,who,day,sku,sum", *lines]) + "\n")
    people = [f"c{n},{'Testkonto' if n == 7 else 'Privat'}" for n in range(30)]
    (tmp_path / "people.csv").write_text("\n".join(["who,kind", *people]) + "\n")
    monkeypatch.chdir(tmp_path)
    tree: dict[str, Any] = yaml.safe_load((PROJECT / "params.yaml").read_text(encoding="utf-8"))
    tree["sources"] = {
        "order_lines": {"path": "lines.csv", "columns": dict(LINES)},
        "customers": {"path": "people.csv", "columns": dict(CUSTOMERS)},
    }
    return tree


def read(tree: dict[str, Any]) -> dict[str, Any]:
    Path("params.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    return read_orders(load_params(Path("params.yaml"))).counts


def complaint(tree: dict[str, Any]) -> UserError:
    with pytest.raises(UserError) as error:
        read(tree)
    return error.value


def test_a_word_that_nobody_has_explained_is_warned_of(
    params: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    params["sources"]["customers"]["words"] = {"account_type": {"Privat": "b2c"}}
    counts = read(params)
    assert counts["remarks"] == ["unknown_words"]
    assert (counts["orders"], counts["tables"]["customers"]["quarantined"]) == (60, 1)
    said = capsys.readouterr().err
    assert "customers: 1 row holds another word in kind than b2c, b2b, test, employee" in said
    assert "Tell under sources.customers.words.account_type what" in said
    assert "Testkonto" not in said
    params["sources"]["customers"]["words"]["account_type"]["Testkonto"] = "test"
    counts = read(params)
    assert (counts["orders"], counts["remarks"]) == (58, [])
    assert "another word" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "theirs", "where"),
    [
        ("customer_id", "whom", "sources.order_lines.columns"),
        ("ordered_at", "sku", "sources.order_lines.date_format"),
        ("amount", "sku", "sources.order_lines.path"),
        ("amount", None, "params.yaml: sources.order_lines.columns"),
    ],
)
def test_a_fault_of_lines_that_are_the_log_is_told_of_the_section_that_is_there(
    params: dict[str, Any], column: str, theirs: str | None, where: str
) -> None:
    params["sources"]["order_lines"]["columns"][column] = theirs
    assert complaint(params).where == where


def test_a_fault_of_a_log_beside_lines_is_told_of_the_log(params: dict[str, Any]) -> None:
    columns = {our: LINES[our] for our in ("order_id", "customer_id", "amount")}
    params["sources"]["orders"] = {"path": "lines.csv", "columns": columns | {"ordered_at": "sku"}}
    error = complaint(params)
    assert error.where == "sources.orders.date_format"
    assert "another column, or a format" in str(error.valid)


def test_lines_that_were_cut_short_are_told_of_the_section_that_is_there(params: dict[str, Any]) -> None:
    params["sources"]["customers"] = None
    for rows, stops in ((60, False), (30, True)):
        lines = Path("lines.csv").read_text().splitlines(keepends=True)
        Path("lines.csv").write_text("".join(lines[: rows + 1]))
        Path("params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        if stops:
            with pytest.raises(UserError) as error:
                ingest(load_params(Path("params.yaml")))
            assert error.value.where == "sources.order_lines"
        else:
            ingest(load_params(Path("params.yaml")))


@pytest.mark.parametrize(
    ("path", "valid"),
    [
        ("poeple.csv", "did you mean people.csv?"),
        ("gifts.parquet", "data/raw/orders.csv or data/raw/orders-*.csv"),
    ],
)
def test_a_file_that_is_not_there_is_told_with_the_one_that_was_meant(
    params: dict[str, Any], path: str, valid: str
) -> None:
    params["sources"]["customers"]["path"] = path
    assert complaint(params).valid == valid


def test_a_column_that_is_not_the_number_of_the_order_is_warned_of(
    params: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    params["sources"]["order_lines"]["columns"]["order_id"] = "sum"
    params["sources"]["customers"]["words"] = {"account_type": {"Privat": "b2c", "Testkonto": "test"}}
    assert read(params)["remarks"] == ["shared_order_ids"]
    assert "58 of 58 orders have one of 1 order id that several customers share" in capsys.readouterr().err
