"""The proxy and its record: started once, recognized, replaced, and plain words where it cannot start."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import cdk_cli
from infra.cli_errors import CommandFailure
from local import ports, processes, state
from local.emulator import Emulator
from local.http import Http
from local.ports import free_port, our_process
from local.state import State
from local.stop import stop_ours

pytestmark = pytest.mark.emulator


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    """An empty record in a folder of its own; whatever a test starts is stopped."""
    cdk_cli.install()
    monkeypatch.setattr(state, "FOLDER", tmp_path)
    monkeypatch.setattr(state, "FILE", tmp_path / "state.json")
    monkeypatch.setattr(processes, "FOLDER", tmp_path)
    record = State()
    yield record
    stop_ours(record.proxy_port, record.issuer_port)


def test_the_proxy_forwards_to_its_target_and_identifies_itself(record: State, emulator: Emulator) -> None:
    port = free_port()
    processes.ensure_proxy(record, port, emulator.endpoint, "x.cloudfront.net", "http://127.0.0.1:1")
    assert Http(f"http://127.0.0.1:{port}").get("/_ministack/health")["version"]
    assert our_process(port) == record.proxy_pid
    assert State.load() == record


def test_a_running_proxy_is_reused(record: State, emulator: Emulator) -> None:
    port = free_port()
    processes.ensure_proxy(record, port, emulator.endpoint, "x.cloudfront.net", "http://127.0.0.1:1")
    first = record.proxy_pid
    processes.ensure_proxy(record, port, emulator.endpoint, "x.cloudfront.net", "http://127.0.0.1:1")
    assert record.proxy_pid == first


def test_a_proxy_whose_record_was_deleted_is_found_and_replaced(record: State, emulator: Emulator) -> None:
    port = free_port()
    processes.ensure_proxy(record, port, emulator.endpoint, "x.cloudfront.net", "http://127.0.0.1:1")
    first = record.proxy_pid
    record.forget()
    processes.ensure_proxy(record, port, emulator.endpoint, "x.cloudfront.net", "http://127.0.0.1:1")
    assert record.proxy_pid not in (0, first)


def test_a_target_that_is_down_is_a_502_with_the_reason(record: State) -> None:
    port = free_port()
    processes.ensure_proxy(
        record, port, f"http://127.0.0.1:{free_port()}", "x.cloudfront.net", "http://127.0.0.1:1"
    )
    with pytest.raises(CommandFailure, match=r"502.*the stack does not answer"):
        Http(f"http://127.0.0.1:{port}").get("/health")


def test_the_error_names_a_port_of_another_process(record: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(CommandFailure, match=f"port {taken} .* is taken") as failure:
            processes.ensure_proxy(
                record, taken, "http://127.0.0.1:1", "x.cloudfront.net", "http://127.0.0.1:1"
            )
    assert "CLOUDOPS_PORT" in failure.value.next_step


def test_the_issuer_is_started_once_and_identifies_itself(record: State) -> None:
    port = free_port()
    assert processes.ensure_issuer(record, port) == f"http://localhost:{port}"
    first = record.issuer_pid
    assert our_process(port) == first
    found = Http(f"http://127.0.0.1:{port}").get("/.well-known/openid-configuration")
    assert found["issuer"] == f"http://localhost:{port}"
    processes.ensure_issuer(record, port)
    assert record.issuer_pid == first


def test_only_the_owner_may_read_the_record(record: State) -> None:
    record.token = "secret"
    record.save()
    assert state.FILE.stat().st_mode & 0o777 == 0o600


def test_a_record_of_another_version_is_empty(record: State) -> None:
    record.save()
    state.FILE.write_text('{"something": "else"}')
    assert State.load() == State()
