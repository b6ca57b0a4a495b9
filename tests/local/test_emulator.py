"""The emulator answers, is known as ours, and ends when told."""

from pathlib import Path

import pytest

from infra.cli_errors import CommandFailure
from local import daemon
from local.emulator import Emulator, EmulatorOptions, start
from local.ports import free_port, is_free, our_process

pytestmark = pytest.mark.emulator


def test_it_answers_as_the_account_that_was_asked_for(emulator: Emulator) -> None:
    assert emulator.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_it_is_known_by_its_own_word_and_not_by_a_file(emulator: Emulator) -> None:
    assert our_process(emulator.options.port) == emulator.pid


def test_nothing_of_ours_is_found_on_a_silent_port() -> None:
    assert our_process(free_port()) is None


def test_a_taken_port_is_said_plainly(emulator: Emulator, tmp_path: Path) -> None:
    taken = emulator.options.port
    with pytest.raises(CommandFailure, match=f"port {taken} on this machine is taken") as failure:
        start(EmulatorOptions(taken, tmp_path))
    assert "CLOUDOPS_EMULATOR_PORT" in failure.value.next_step


def test_stopping_it_ends_the_process_and_frees_the_port(tmp_path: Path) -> None:
    running = start(EmulatorOptions(free_port(), tmp_path))
    running.stop()
    assert not daemon.is_alive(running.pid)
    assert is_free(running.options.port)
