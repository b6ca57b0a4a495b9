"""Background processes end with their parent, unless they are detached."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local import daemon
from local.ports import ROOT

PATIENCE = 60.0
"""Seconds for processes to start or end; a tenth of one is usual."""

DAEMON = 'exec 3>"$0"; echo up >&3; sleep 600 & sleep 600'
"""A leader and a worker of its own, which both hold the writing end of a fifo while they live."""
STUBBORN = "trap '' TERM; " + DAEMON

LEADER = """
import os, signal, subprocess, sys
fifo = os.open(sys.argv[1], os.O_WRONLY)
subprocess.Popen(("sleep", "600"), stdout=fifo)
os.write(fifo, b"up\\n")
signal.pause()
"""
"""One that starts its worker as the emulator starts those of Lambda."""

PARENT = """
import signal, sys
from pathlib import Path
from local import daemon
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
fifo, folder, shell = sys.argv[1:]
command = ("/bin/sh", "-c", shell, fifo)
print(daemon.start("daemon", command, {"PATH": "/usr/bin:/bin"}, Path(folder)), flush=True)
if sys.stdin.readline() == "keep\\n":
    daemon.keep()
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[int]:
    """The reading end: it is at its end when every process that holds the fifo has ended."""
    path = tmp_path / "alive"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield reading
    os.close(reading)


def read(fifo: int) -> bytes:
    """What comes next through the fifo; empty where its last holder has ended."""
    ready, _, _ = select.select([fifo], [], [], PATIENCE)
    assert ready, f"no word and no end within {PATIENCE} s"
    return os.read(fifo, 100)


@contextmanager
def parent(folder: Path, shell: str, *, keeps: bool = False) -> Iterator["subprocess.Popen[str]"]:
    """A process that has started a daemon, whose process id is `folder`/pid."""
    command = (sys.executable, "-c", PARENT, str(folder / "alive"), str(folder), shell)
    started = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert started.stdin
    assert started.stdout
    with started:
        leader = int(started.stdout.readline())
        (folder / "pid").write_text(str(leader))
        started.stdin.write("keep\n" if keeps else "\n")
        started.stdin.flush()
        assert started.stdout.readline() == "ready\n"
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("shell", [DAEMON, STUBBORN], ids=["plain", "ignores SIGTERM"])
def test_no_process_of_the_group_outlives_a_parent_that_is_interrupted(
    tmp_path: Path, fifo: int, number: signal.Signals, shell: str
) -> None:
    with parent(tmp_path, shell) as started:
        assert read(fifo) == b"up\n"
        started.send_signal(number)
        assert read(fifo) == b""


def test_a_worker_does_not_outlive_the_leader_of_its_group(tmp_path: Path, fifo: int) -> None:
    command = (sys.executable, "-c", LEADER, str(tmp_path / "alive"))
    leader = daemon.start("daemon", command, {"PATH": "/usr/bin:/bin"}, tmp_path)
    assert read(fifo) == b"up\n"
    os.kill(leader, signal.SIGKILL)
    assert read(fifo) == b""
    daemon.stop(leader)


def test_a_detached_process_outlives_its_parent_and_is_stopped_by_id(tmp_path: Path, fifo: int) -> None:
    with parent(tmp_path, DAEMON, keeps=True) as started:
        assert read(fifo) == b"up\n"
        started.kill()
        started.wait()
        leader = int((tmp_path / "pid").read_text())
        assert daemon.is_alive(leader)
        daemon.stop(leader)
        assert read(fifo) == b""


def test_a_daemon_is_stopped_with_its_workers_by_its_parent(tmp_path: Path, fifo: int) -> None:
    command = ("/bin/sh", "-c", DAEMON, str(tmp_path / "alive"))
    leader = daemon.start("daemon", command, {"PATH": "/usr/bin:/bin"}, tmp_path)
    assert read(fifo) == b"up\n"
    daemon.stop(leader)
    assert read(fifo) == b""
    assert not daemon.is_alive(leader)


def test_a_missing_command_ends_with_an_entry_in_the_log(tmp_path: Path) -> None:
    leader = daemon.start("daemon", ("/nowhere/command",), {}, tmp_path)
    os.waitid(os.P_PID, leader, os.WEXITED | os.WNOWAIT)
    assert not daemon.is_alive(leader)
    assert "/nowhere/command" in (tmp_path / "daemon.log").read_text()
    daemon.stop(leader)
