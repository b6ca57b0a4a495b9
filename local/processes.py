"""The processes of `make run`, the emulator, the issuer and the proxy: found, started, stopped."""

import os
import sys
import time

from infra import cdk_cli
from infra.cli_errors import CommandFailure, tail
from local import daemon, emulator
from local.emulator import Emulator, EmulatorOptions
from local.ports import ROOT, identity, is_free, our_process
from local.progress import step
from local.state import FOLDER, State
from local.stop import stop_ours

START_TIMEOUT_SECONDS = 15.0
"""Until the proxy or the issuer listens; 0.1 s is usual."""


def check_port(port: int, variable: str) -> None:
    """CommandFailure if another program listens on the port; `variable` chooses another."""
    if not is_free(port) and our_process(port) is None:
        raise CommandFailure(
            f"port {port} on this machine is taken by another program",
            f"stop that program, or choose another port with {variable}=<port>",
        )


def ensure_emulator(state: State, port: int) -> Emulator:
    """The one that is up, or a new and empty one, with everything that `state` said forgotten.

    One of ours that runs without its record (.local was deleted) is replaced.
    """
    options = EmulatorOptions(port, FOLDER)
    if state.emulator_port == port and our_process(port) == state.emulator_pid:
        print(f"The AWS emulator is up on port {port}")
        return Emulator(state.emulator_pid, options)
    stop_ours(state.emulator_port, state.proxy_port, state.issuer_port, port)
    with step(f"Starting the AWS emulator on port {port}"):
        running = emulator.start(options)
    state.forget()
    state.emulator_pid, state.emulator_port = running.pid, port
    state.save()
    return running


def ensure_issuer(state: State, port: int) -> str:
    """The address of the issuer that signs this machine's people in."""
    if not (state.issuer_port == port and our_process(port) == state.issuer_pid):
        stop_ours(state.issuer_port, port)
        check_port(port, "CLOUDOPS_ISSUER_PORT")
        with step(f"Starting the sign-in on port {port}"):
            command = (sys.executable, "-m", "local.issuer", "serve", str(port))
            pid = daemon.start("issuer", command, {**os.environ, "PYTHONPATH": str(ROOT)}, FOLDER)
            _wait_until_ours(port, pid, "issuer")
        state.issuer_pid, state.issuer_port = pid, port
        state.save()
    return f"http://localhost:{port}"


def ensure_proxy(state: State, port: int, target: str, host: str, api: str) -> None:
    """http://localhost:<port> leads to `target`, and asks there for `host`; its /health leads to `api`."""
    wanted = (port, f"{target} {host} {api}")
    if (state.proxy_port, state.proxy_target) == wanted and our_process(port) == state.proxy_pid:
        return
    stop_ours(state.proxy_port, port)
    check_port(port, "CLOUDOPS_PORT")
    with step(f"Opening http://localhost:{port}"):
        command = (
            str(cdk_cli.NODE),
            str(ROOT / "local" / "proxy.mjs"),
            str(port),
            target,
            host,
            identity(),
            api,
        )
        pid = daemon.start("proxy", command, cdk_cli.environ(), FOLDER)
        _wait_until_ours(port, pid, "proxy")
    state.proxy_pid, state.proxy_port, state.proxy_target = pid, *wanted
    state.save()


def _wait_until_ours(port: int, pid: int, name: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while our_process(port) != pid:
        if not daemon.is_alive(pid) or time.monotonic() > deadline:
            daemon.stop(pid)
            raise CommandFailure(
                f"the {name} did not come up on port {port}:\n{tail(FOLDER / f'{name}.log')}",
                "run the command again",
            )
        time.sleep(0.05)
