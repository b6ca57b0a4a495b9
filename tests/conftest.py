"""What tests of several rooms share: the emulator, started once a session where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

from local import emulator as local_emulator
from local.emulator import Emulator, EmulatorOptions
from local.ports import free_port

TESTS: Final = Path(__file__).parent

settings.register_profile("same-each-time", derandomize=True, deadline=None, database=None)
settings.load_profile("same-each-time")
"""The same examples in every run, and no test that fails because the machine is busy."""


OF_THE_STACK: Final = {"e2e", "local"}
"""Folders of tests that start the processes of a stack, and wait for them more than they compute."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests for several workers: those of a running stack first and on one worker, which starts the
    emulator and deploys once, and those of tests/infra on one, as they share templates; else file by file."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _group(item) != "stack")


def _group(item: pytest.Item) -> str:
    folder = item.path.relative_to(TESTS).parts[0]
    if folder in OF_THE_STACK or item.get_closest_marker("emulator"):
        return "stack"
    return folder if folder == "infra" else str(item.path.relative_to(TESTS))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An empty emulated account on a free port: plain HTTP and no IAM, for contract tests.

    `emulator.client("dynamodb")` speaks to it; `emulator.endpoint` is for whoever builds its own.
    """
    options = EmulatorOptions(free_port(), tmp_path_factory.mktemp("emulator"))
    running = local_emulator.start(options)
    yield running
    running.stop()
