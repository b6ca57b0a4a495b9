"""Deploys the stack once for each session, with production settings, IAM enforced and TLS only."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import emulator as local_emulator
from local import stack
from local.credentials import create_token, webhook_secret
from local.emulator import EmulatorOptions
from local.issuer.people import PEOPLE
from local.issuer.server import serving
from local.issuer.signing import AUDIENCE, CLIENT, Signer
from local.ports import free_port
from tests.e2e.certificate import self_signed
from tests.e2e.slack_on_loopback import SlackOnLoopback
from tests.e2e.stack_under_test import StackUnderTest
from tests.fakes.slack import Workspace, slack

ROLES = ("viewer", "operator")
CATALOG = Path(__file__).with_name("catalog.yaml")


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    """The local issuer, whose keys the deployed authorizer reads."""
    port = free_port()
    signer = Signer.kept_in(tmp_path_factory.mktemp("issuer"), f"http://127.0.0.1:{port}")
    with serving(port, signer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield signer
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def slack_workspace() -> Iterator[SlackOnLoopback]:
    """A workspace that accepts one message a second for each channel."""
    workspace = Workspace(lambda: time.time_ns() // 1_000_000, strict=True)
    with slack(workspace) as running:
        yield SlackOnLoopback(running.url, workspace)


def issuer_context(signer: Signer) -> dict[str, str]:
    return {"oidcIssuer": signer.issuer, "oidcAudience": AUDIENCE, "oidcClientId": CLIENT}


@pytest.fixture(scope="session")
def stack_under_test(
    tmp_path_factory: pytest.TempPathFactory, signer: Signer, slack_workspace: SlackOnLoopback
) -> Iterator[StackUnderTest]:
    folder = tmp_path_factory.mktemp("e2e")
    options = EmulatorOptions(free_port(), folder, enforce_iam=True, certificate=self_signed(folder))
    running = local_emulator.start(options)
    try:
        context = {
            "catalog": str(CATALOG),
            "corsOrigins": "https://ops.example.com",
            "soakSeconds": "10",
            **issuer_context(signer),
        }
        outputs = stack.deploy(running, folder, {**context, **slack_workspace.context(folder)})
        slack_workspace.connect(running, outputs)
        under_test = StackUnderTest(
            emulator=running,
            outputs=outputs,
            url=stack.api_url(running, outputs),
            tokens={role: create_token(running, outputs, f"e2e {role}", role) for role in ROLES},
            webhook_secret=webhook_secret(running, outputs),
        )
        grace = signer.access_token(PEOPLE["grace"], int(time.time()))
        assert under_test.call("GET", "/api/me", headers={"authorization": f"Bearer {grace}"}).status == 200
        slack_workspace.link_grace(running, outputs)
        under_test.pause_schedules()
        yield under_test
    finally:
        running.stop()
