"""Files behind URLs."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipeline.errors import UserError
from pipeline.tables.sources import remote
from tests.tables.conftest import Ingest

LOG = b"customer,date,amount\nanna,2021-03-04,12.50\nben,x,7\n"


@pytest.fixture
def bucket() -> Iterator[Any]:
    """A file system that lives in memory."""
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)


def test_a_file_is_fetched_in_chunks(ingest: Ingest, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "CHUNK_BYTES", 7)
    bucket.pipe("/shop/orders.csv", LOG)
    ingested = ingest(path="memory://shop/orders.csv")
    assert len(ingested.orders) == 1
    assert ingested.quarantine[["source", "line"]].to_numpy().tolist() == [["memory:///shop/orders.csv", 3]]


def test_a_pattern_fetches_all_files(ingest: Ingest, bucket: Any) -> None:
    for name, content in {"2020.csv": LOG, "2021.csv.gz": gzip.compress(LOG), "other.txt": b"x"}.items():
        bucket.pipe(f"/shop/{name}", content)
    bucket.mkdir("/shop/0.csv")
    ingested = ingest(path="memory://shop/*.csv*")
    assert list(ingested.counts["sources"]) == ["memory:///shop/2020.csv", "memory:///shop/2021.csv.gz"]
    assert ingested.counts["rows_read"] == 4


def test_a_file_url_and_a_variable(ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "orders.csv").write_bytes(LOG)
    monkeypatch.setenv("SHOP_FOLDER", str(tmp_path))
    assert len(ingest(path="file://$SHOP_FOLDER/orders.csv").orders) == 1


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("memory://shop/none.csv", ["sources.orders.path: no file matches memory:///shop/none.csv"]),
        ("memory://shop/none-*.csv", ["no file matches"]),
        ("memory://empty.csv", ["memory:///empty.csv is empty"]),
        ("teleport://shop/orders.csv", ["teleport:// cannot be read", "teleport"]),
        ("file://$NOT_SET_AT_ALL/x.csv", ["NOT_SET_AT_ALL is not set", "export NOT_SET_AT_ALL=…"]),
    ],
)
def test_what_cannot_be_fetched_is_said(ingest: Ingest, bucket: Any, path: str, says: list[str]) -> None:
    bucket.pipe("/empty.csv", b"")
    with pytest.raises(UserError) as raised:
        ingest(path=path)
    assert all(words in str(raised.value) for words in says), raised.value


@pytest.mark.parametrize(
    ("protocol", "package"), [("s3", "s3fs"), ("gs", "gcsfs"), ("az", "adlfs"), ("sftp", "paramiko")]
)
def test_a_missing_package_is_named(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, protocol: str, package: str
) -> None:
    def missing(url: str) -> None:
        raise ImportError(url)

    monkeypatch.setattr(fsspec, "url_to_fs", missing)
    with pytest.raises(UserError, match=f"{protocol}:// needs the package {package}") as raised:
        ingest(path=f"{protocol}://shop/orders.csv")
    assert raised.value.valid == f"pip install {package}"


def test_a_failing_store_does_not_give_a_secret_away(
    ingest: Ingest, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "hush-hush")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("403 for token hush-hush")

    monkeypatch.setattr(type(bucket), "isfile", refuse)
    with pytest.raises(UserError, match="cannot be read: 403 for token") as raised:
        ingest(path="memory://x:$SHOP_TOKEN@shop/orders.csv")
    assert "hush" not in str(raised.value)
