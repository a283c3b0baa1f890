"""Files on other machines, fetched from real servers that the tests start."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh
import pytest

from pipeline.errors import UserError
from tests.tables.conftest import Ingest

LOG = b"customer,date,amount\nanna,2021-03-04,12.50\nben,x,7\n"


class Quiet(SimpleHTTPRequestHandler):
    """A file server that keeps its log to itself."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def website(tmp_path: Path) -> Iterator[str]:
    """Serve a folder over HTTP; yield the address."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/orders.csv").write_bytes(LOG)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "site")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_file_comes_over_http(ingest: Ingest, website: str) -> None:
    done = ingest(path=f"{website}/orders.csv")
    assert (len(done.orders), len(done.quarantine)) == (1, 1)


def test_an_answer_that_is_no_file_is_said(ingest: Ingest, website: str) -> None:
    with pytest.raises(UserError, match=r"sources.orders.path: .*(no file matches|cannot be read)"):
        ingest(path=f"{website}/nowhere.csv")


class Guard(asyncssh.SSHServer):
    """Lets one user in, by password."""

    def begin_auth(self, username: str) -> bool:
        """Ask everybody."""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are the way in."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Know the shop and its word."""
        return (username, password) == ("shop", "hush hush")


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[int]:
    """Serve a folder over SFTP; yield the port."""
    (tmp_path / "export").mkdir()
    for name in ("2020", "2021"):
        (tmp_path / f"export/orders-{name}.csv").write_bytes(LOG.replace(b"2021", name.encode()))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Guard,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=partial(asyncssh.SFTPServer, chroot=str(tmp_path / "export").encode()),
        )

    async def close(server: asyncssh.SSHAcceptor) -> None:
        server.close()
        await server.wait_closed()

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server.get_port()
    finally:
        asyncio.run_coroutine_threadsafe(close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_files_come_over_sftp(ingest: Ingest, sftp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "hush hush")
    done = ingest(path=f"sftp://shop:$SHOP_PASSWORD@127.0.0.1:{sftp}/orders-*.csv")
    assert done.counts["rows_read"] == 4
    assert list(done.counts["sources"]) == ["sftp:///orders-2020.csv", "sftp:///orders-2021.csv"]


def test_a_wrong_password_is_said_and_not_repeated(
    ingest: Ingest, sftp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "guessed wrong")
    with pytest.raises(UserError, match="sftp:// cannot be read") as raised:
        ingest(path=f"sftp://shop:$SHOP_PASSWORD@127.0.0.1:{sftp}/orders-2020.csv")
    assert "guessed" not in str(raised.value)
