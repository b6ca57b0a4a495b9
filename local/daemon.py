"""Processes in the background: started with a lifeline to this one, known by a file, stopped in order.

What was started ends when this process ends, in whatever way, unless `keep` was called.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local import lifeline

STOP_GRACE = 10.0
"""Seconds between asking a process to end and ending it."""


def start(name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
    """Runs a command in a session of its own, its output in `<folder>/<name>.log`.

    Returns:
        Its process id, which is that of its process group too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    try:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                (sys.executable, "-I", "-S", lifeline.__file__, *command),
                env=dict(environment),
                stdin=reading,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    finally:
        os.close(reading)
    _children[process.pid] = process
    _lifelines[process.pid] = writing
    return process.pid


def keep() -> None:
    """Lets what this process started outlive it."""
    for writing in _lifelines.values():
        with suppress(BrokenPipeError):
            os.write(writing, lifeline.KEEP)


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
    """Asks the process's whole group to end, and kills it where it does not within the grace."""
    if _signal(pid, signal.SIGTERM) and not wait(pid):
        _signal(pid, signal.SIGKILL)
    writing = _lifelines.pop(pid, None)
    if writing is not None:
        os.close(writing)


def wait(pid: int) -> bool:
    """Whether the process ended within the grace."""
    deadline = time.monotonic() + STOP_GRACE
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    return True


_children: dict[int, "subprocess.Popen[bytes]"] = {}
_lifelines: dict[int, int] = {}
"""The writing ends of the pipes, by process id: they close when this process ends."""
