"""What tests of several rooms share: the emulator, started once a session where a test asks for it."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from local import emulator as local_emulator
from local.emulator import Emulator, EmulatorOptions
from local.ports import free_port

settings.register_profile("same-each-time", derandomize=True, deadline=None, database=None)
settings.load_profile("same-each-time")
"""The same examples in every run, and no test that fails because the machine is busy."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An empty emulated account on a free port: plain HTTP and no IAM, for contract tests.

    `emulator.client("dynamodb")` speaks to it; `emulator.endpoint` is for whoever builds its own.
    """
    options = EmulatorOptions(free_port(), tmp_path_factory.mktemp("emulator"))
    running = local_emulator.start(options)
    yield running
    running.stop()
