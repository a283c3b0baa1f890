from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.tracking import PipelineState, TrackingFailed, track, tracking_uri
from pipeline.tracking.store import open_store, without_credentials


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, "sqlite:////shop/mlflow.db"),
        ({"DVC_ROOT": "/parent"}, "sqlite:////parent/mlflow.db"),
        ({"MLFLOW_TRACKING_URI": ""}, "sqlite:////shop/mlflow.db"),
        ({"MLFLOW_TRACKING_URI": "https://mlflow.example"}, "https://mlflow.example"),
        ({"MLFLOW_TRACKING_URI": "sqlite:////srv/runs.db", "DVC_ROOT": "/p"}, "sqlite:////srv/runs.db"),
        ({"MLFLOW_TRACKING_URI": "sqlite:///runs.db", "DVC_ROOT": "/parent"}, "sqlite:////parent/runs.db"),
    ],
)
def test_where_the_runs_go(env: dict[str, str], expected: str):
    assert tracking_uri(env, Path("/shop")) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://anna:s3cret@mlflow.example/team", "https://mlflow.example/team"),
        ("postgresql://anna:p@ss@db/mlflow?password=x", "postgresql://db/mlflow"),
        ("GET http://a:b@h/x?token=1 failed, see http://h/y", "GET http://h/x failed, see http://h/y"),
        ("sqlite:////shop/mlflow.db", "sqlite:////shop/mlflow.db"),
    ],
)
def test_credentials_are_not_shown(text: str, shown: str):
    assert without_credentials(text) == shown


def test_importing_the_room_does_not_import_mlflow():
    check = "import sys, pipeline.tracking; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_store_whose_first_making_was_killed_is_made_anew(state: PipelineState, tmp_path: Path):
    (tmp_path / "mlflow.db.new").write_bytes(b"half a database")

    assert track(state, tracking_uri({}, tmp_path)).created
    assert not (tmp_path / "mlflow.db.new").exists()


def test_a_file_that_is_no_database(tmp_path: Path):
    (tmp_path / "mlflow.db").write_text("hello " * 100)

    with pytest.raises(TrackingFailed, match="database"), open_store(tracking_uri({}, tmp_path)) as client:
        client.search_experiments()


def test_a_closed_port_is_a_quick_plain_sentence(state: PipelineState, capfd: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    assert_fails_quickly(state, port, seconds=30)
    assert capfd.readouterr() == ("", "")


def test_a_server_with_errors_is_a_quick_plain_sentence(
    state: PipelineState, broken_server: int, capfd: pytest.CaptureFixture[str]
):
    assert_fails_quickly(state, broken_server, seconds=30)
    assert capfd.readouterr() == ("", "")


def test_a_server_that_never_answers_is_left_when_the_users_patience_ends(
    state: PipelineState, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert_fails_quickly(state, silent.getsockname()[1], seconds=30)


def assert_fails_quickly(state: PipelineState, port: int, seconds: float) -> None:
    started = time.monotonic()
    with pytest.raises(TrackingFailed) as failed:
        track(replace(state), f"http://anna:s3cret@127.0.0.1:{port}")

    assert time.monotonic() - started < seconds
    said = str(failed.value)
    assert said.startswith(f"http://127.0.0.1:{port}: MLflow did not record this run")
    assert "s3cret" not in said
    assert "anna" not in said


class Broken(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500)
        self.send_header("Retry-After", "600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - the server looks for this name

    def log_message(self, *_: object) -> None:
        """Say nothing on the test's terminal."""


@pytest.fixture
def broken_server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
