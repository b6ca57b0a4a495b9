"""The two processes of `make run`, the emulator and the proxy: found, started, stopped."""

import time

from infra import cdk
from infra.failure import CommandFailure, tail
from local import background, emulator
from local.emulator import Emulator, EmulatorOptions
from local.ports import ROOT, identity, is_free, our_process
from local.progress import step
from local.state import FOLDER, State
from local.stop import stop_ours

START_TIMEOUT = 15.0
"""Seconds for the proxy to listen; a tenth of one is usual."""


def check_port(port: int, variable: str) -> None:
    """CommandFailure where somebody else listens on the port; `variable` chooses another."""
    if not is_free(port) and our_process(port) is None:
        raise CommandFailure(
            f"port {port} on this machine is taken by another program",
            f"stop that program, or choose another port with {variable}=<port>",
        )


def ensure_emulator(state: State, port: int) -> Emulator:
    """The one that is up, or a new and empty one, with everything that `state` said forgotten.

    One of ours that runs without its record (somebody deleted .local) is replaced.
    """
    options = EmulatorOptions(port, FOLDER)
    if state.emulator_port == port and our_process(port) == state.emulator_pid:
        print(f"The AWS emulator is up on port {port}")
        return Emulator(state.emulator_pid, options)
    stop_ours(state.emulator_port, state.proxy_port, port)
    with step(f"Starting the AWS emulator on port {port}"):
        running = emulator.start(options)
    state.forget()
    state.emulator_pid, state.emulator_port = running.pid, port
    state.save()
    return running


def ensure_proxy(state: State, port: int, target: str) -> None:
    """http://localhost:<port> leads to `target`."""
    wanted = (port, target)
    if (state.proxy_port, state.proxy_target) == wanted and our_process(port) == state.proxy_pid:
        return
    stop_ours(state.proxy_port, port)
    check_port(port, "CLOUDOPS_PORT")
    with step(f"Opening http://localhost:{port}"):
        command = (str(cdk.NODE), str(ROOT / "local" / "proxy.mjs"), str(port), target, identity())
        pid = background.start("proxy", command, cdk.environ(), FOLDER)
        _wait_for_proxy(port, pid)
    state.proxy_pid, state.proxy_port, state.proxy_target = pid, port, target
    state.save()


def _wait_for_proxy(port: int, pid: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while our_process(port) != pid:
        if not background.is_alive(pid) or time.monotonic() > deadline:
            background.stop(pid)
            raise CommandFailure(
                f"the proxy did not come up on port {port}:\n{tail(FOLDER / 'proxy.log')}",
                "run the command again",
            )
        time.sleep(0.05)
