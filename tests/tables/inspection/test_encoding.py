"""`churn inspect`: a text whose encoding cannot be told is asked about, never taken as it looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UserError
from tests.tables.conftest import inspect_file, proposed

# As the stores of Ta-Feng wrote their sales.
TA_FENG = "交易日期和時間;會員卡號;商品分類;商品原始ID;數量;銷售額\n" + "".join(
    f"2001-01-{1 + n % 28:02} 00:00:00;{n % 30:08};A;47{n:05};{1 + n % 3};{n + 30}\n" for n in range(100)
)
ANYTHING = "customer;date;amount;product\n" + "".join(
    f"{n % 30};2001-01-{1 + n % 28:02};{n}.50;{{}}\n" for n in range(60)
)


def asked(questions: tuple[str, ...]) -> bool:
    return any(question.startswith("sources.orders.encoding: ") for question in questions)


def test_a_file_of_taiwan_is_asked_about_and_read_by_the_encoding_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(TA_FENG.encode("big5"))
    found = inspect_file("log.csv", tmp_path)
    assert asked(found.questions)
    assert proposed(found)["encoding"] == "?"
    said = inspect_file("log.csv", tmp_path, encoding="big5")
    assert not asked(said.questions)
    assert proposed(said)["encoding"] == "big5"
    assert "which is it of: 交易日期和時間, 會員卡號," in said.questions[0]


@pytest.mark.parametrize(
    ("product", "encoding"),
    [
        ("Шапка зимняя", "cp1251"),
        ("帽子カタカナ", "cp932"),
        ("겨울 모자", "cp949"),
        ("καπέλο", "cp1253"),
        ("交易日期", "gb18030"),
        ("茶葉", "big5"),
        ("東京", "cp932"),
    ],
)
def test_letters_of_other_alphabets_are_asked_about(product: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(ANYTHING.replace("{}", product).encode(encoding))
    assert asked(inspect_file("log.csv", tmp_path).questions)


@pytest.mark.parametrize(
    "product",
    [
        "Größe 42, Gefäß",
        "crème créée à Orléans",
        "5 €",
        "€€€",
        "“Señor” – año…",
        "½ Übergröße",
        "Hut",
        "½¼¾",
        "ÆØÅ",
    ],
)
def test_letters_of_western_europe_are_no_question(product: str, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(ANYTHING.replace("{}", product).encode("cp1252"))
    assert inspect_file("log.csv", tmp_path).questions == ()


def test_a_header_that_cannot_be_shown_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.csv").write_bytes(TA_FENG.encode("gb18030"))
    with pytest.raises(UserError, match="read as Windows-1252 it is gibberish"):
        inspect_file("log.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["inspect", "log.csv", "--encoding", "gb18030"])
    assert "交易日期和時間" in done.output


def test_where_no_row_can_be_decoded_the_error_says_how_to_name_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(ANYTHING.replace("{}", "ťapka").encode("cp1250"))
    with pytest.raises(UserError, match=r"--encoding.*cp1250"):
        inspect_file("log.csv", tmp_path)
    (tmp_path / "log.csv").write_text("customer,date\na,b,c\n")
    with pytest.raises(UserError, match="a header but no rows"):
        inspect_file("log.csv", tmp_path)
