"""What tests of several rooms share: the emulator, started once a session where a test asks for it."""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local import emulator as local_emulator
from local.emulator import Emulator, EmulatorOptions
from local.ports import free_port

settings.register_profile("same-each-time", derandomize=True, deadline=None, database=None)
settings.load_profile("same-each-time")
"""The same examples in every run, and no test that fails because the machine is busy."""


SCOPES: Final = {"e2e": "stack", "local": "stack", "infra": "infra"}
"""Folder of tests -> what they share: the deployed stack and this machine's ports, or the templates."""


class SharedScopes(LoadScopeScheduling):
    """Gives a worker all tests that share something, or else the tests of one file.

    xdist's groups do not work here: they are a suffix of the node id, which pytest 9.2 no longer takes.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return SCOPES.get(path.split("/")[1], path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedScopes:
    return SharedScopes(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of the stack first: the first worker takes these, and the second starts on all others."""
    items.sort(key=lambda item: SCOPES.get(item.nodeid.split("/")[1]) != "stack")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An empty emulated account on a free port: plain HTTP and no IAM, for contract tests.

    `emulator.client("dynamodb")` speaks to it; `emulator.endpoint` is for a test that builds its own client.
    """
    options = EmulatorOptions(free_port(), tmp_path_factory.mktemp("emulator"))
    running = local_emulator.start(options)
    yield running
    running.stop()
