"""Files in a bucket, fetched from a real S3 server that the tests start."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import boto3
import pytest
import s3fs
from moto.server import ThreadedMotoServer

from pipeline.errors import UserError
from tests.tables.conftest import Ingest

LOG = b"customer,date,amount\nanna,2021-03-04,12.50\nben,x,7\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server with two files of a shop; yield its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    try:
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name="eu-central-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
        )
        client.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        client.put_object(Bucket="shop", Key="export/orders-2020.csv.gz", Body=gzip.compress(LOG))
        client.put_object(Bucket="shop", Key="export/orders-2021.csv", Body=LOG)
        yield address
    finally:
        server.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name the folder in the bucket; where it is and who asks stand in the environment, as on any machine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "night-job")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    s3fs.S3FileSystem.clear_instance_cache()
    return "s3://shop/export"


def test_files_come_out_of_a_bucket(ingest: Ingest, bucket: str) -> None:
    done = ingest(path=f"{bucket}/orders-*")
    assert (done.counts["rows_read"], len(done.orders), len(done.quarantine)) == (4, 2, 2)
    assert list(done.counts["sources"]) == [
        "s3://shop/export/orders-2020.csv.gz",
        "s3://shop/export/orders-2021.csv",
    ]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("s3://shop/export/orders-2019.csv", "no file matches s3://shop/export/orders-2019.csv"),
        ("s3://another-shop/orders-*.csv", "no file matches|cannot be read"),
    ],
)
def test_what_is_not_in_a_bucket_is_said(ingest: Ingest, bucket: str, path: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as raised:
        ingest(path=path)
    assert "hush" not in str(raised.value)
