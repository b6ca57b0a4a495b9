"""The emulator: identification, ports, and its end."""

import io
import json
import os
import select
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.cli_errors import CommandFailure
from local import daemon
from local.emulator import Emulator, EmulatorOptions, start
from local.ports import ROOT, free_port, is_free, our_process

pytestmark = pytest.mark.emulator


def test_the_emulator_uses_the_requested_account(emulator: Emulator) -> None:
    assert emulator.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_the_emulator_is_identified_by_its_response_not_by_a_file(emulator: Emulator) -> None:
    assert our_process(emulator.options.port) == emulator.pid


def test_a_silent_port_has_no_emulator() -> None:
    assert our_process(free_port()) is None


def test_the_error_names_a_port_in_use(emulator: Emulator, tmp_path: Path) -> None:
    taken = emulator.options.port
    with pytest.raises(CommandFailure, match=f"port {taken} on this machine is taken") as failure:
        start(EmulatorOptions(taken, tmp_path))
    assert "CLOUDOPS_EMULATOR_PORT" in failure.value.next_step


def test_a_stop_ends_the_process_and_frees_the_port(tmp_path: Path) -> None:
    running = start(EmulatorOptions(free_port(), tmp_path))
    running.stop()
    assert not daemon.is_alive(running.pid)
    assert is_free(running.options.port)


HANDLER = """
import os
def handler(event, context):
    global held
    held = os.open(event["fifo"], os.O_WRONLY)
    return "up"
"""
"""Its worker holds a fifo open while it lives."""

PARENT = """
import sys
from pathlib import Path
from local.emulator import EmulatorOptions, start
print(start(EmulatorOptions(int(sys.argv[1]), Path(sys.argv[2]))).pid, flush=True)
sys.stdin.read()
"""


def test_emulator_and_lambda_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    port, fifo = free_port(), tmp_path / "alive"
    os.mkfifo(fifo)
    alive = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    command = (sys.executable, "-c", PARENT, str(port), str(tmp_path))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        running = Emulator(int(parent.stdout.readline()), EmulatorOptions(port, tmp_path))
        assert _invoke_worker(running, fifo) == "up"
        assert not select.select([alive], [], [], 0)[0]
        parent.kill()
        assert select.select([alive], [], [], 60)[0], "the worker is still there after 60 s"
        assert os.read(alive, 1) == b""
    os.close(alive)
    assert daemon.wait(running.pid)
    assert is_free(port)


def _invoke_worker(running: Emulator, fifo: Path) -> object:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", HANDLER)
    functions = running.client("lambda")
    functions.create_function(
        FunctionName="worker",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/worker",
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    answer = functions.invoke(FunctionName="worker", Payload=json.dumps({"fifo": str(fifo)}))
    return json.load(answer["Payload"])
