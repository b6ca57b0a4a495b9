"""Processes that outlive the command that started them: started, known by a file, stopped in order."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_GRACE = 10.0
"""Seconds between asking a process to end and ending it."""


def start(name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
    """Run a command detached, its output in `<folder>/<name>.log`; gives its process id."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[process.pid] = process
    return process.pid


def is_alive(pid: int) -> bool:
    """Whether the process still runs; reaps it where it was a child of this one."""
    child = _children.get(pid)
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop(pid: int) -> None:
    """Ask the process's whole group to end, and end it where it does not within the grace."""
    if not _signal(pid, signal.SIGTERM):
        return
    deadline = time.monotonic() + STOP_GRACE
    while is_alive(pid):
        if time.monotonic() > deadline:
            _signal(pid, signal.SIGKILL)
            return
        time.sleep(0.05)


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    return True


_children: dict[int, "subprocess.Popen[bytes]"] = {}
