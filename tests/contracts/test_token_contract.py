"""Concurrent creation of API tokens, on the emulator."""

import threading
from uuid import uuid4

import pytest

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.identity.access import AccessReason, Grant, Role
from cloudops.identity.api_tokens import ApiTokens
from local.emulator import Emulator

pytestmark = pytest.mark.emulator

ADMINS = 6


def test_tokens_that_are_created_concurrently_are_all_stored(emulator: Emulator) -> None:
    client, name = emulator.client("secretsmanager"), f"tokens-{uuid4()}"
    client.create_secret(Name=name, SecretString='{"tokens": []}')
    ready = threading.Barrier(ADMINS)
    made: list[str] = []

    def work(number: int) -> None:
        tokens = ApiTokens(SecretDocument(client, name, lambda: 0.0))
        ready.wait()
        made.append(tokens.create(f"admin {number}", (Grant(Role.VIEWER),), bytes([number] * 32), "now")[0])

    admins = [threading.Thread(target=work, args=(number,)) for number in range(ADMINS)]
    for admin in admins:
        admin.start()
    for admin in admins:
        admin.join()
    tokens = ApiTokens(SecretDocument(client, name, lambda: 0.0))
    assert len(made) == len(tokens.records()) == ADMINS
    assert {tokens.identify(token).reason for token in made} == {AccessReason.KNOWN}
