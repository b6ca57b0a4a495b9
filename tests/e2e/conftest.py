"""Deploys the stack once a session, with production's settings, IAM enforced and TLS only."""

from collections.abc import Iterator

import pytest

from local import emulator as local_emulator
from local import stack
from local.access import create_token, webhook_secret
from local.emulator import EmulatorOptions
from local.ports import free_port
from tests.e2e.certificate import self_signed
from tests.e2e.stack_under_test import StackUnderTest

ROLES = ("viewer", "operator")


@pytest.fixture(scope="session")
def stack_under_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackUnderTest]:
    folder = tmp_path_factory.mktemp("e2e")
    options = EmulatorOptions(free_port(), folder, enforce_iam=True, certificate=self_signed(folder))
    running = local_emulator.start(options)
    try:
        outputs = stack.deploy(running, folder, {"corsOrigins": "https://ops.example.com"})
        yield StackUnderTest(
            emulator=running,
            outputs=outputs,
            url=stack.api_url(running, outputs),
            tokens={role: create_token(running, outputs, f"e2e {role}", role) for role in ROLES},
            webhook_secret=webhook_secret(running, outputs),
        )
    finally:
        running.stop()
