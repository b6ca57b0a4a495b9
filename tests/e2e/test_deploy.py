"""`make deploy` and `make destroy` in an account without a CDK bootstrap."""

import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from infra.bundle import ROOT
from local import emulator as local_emulator
from local import stack
from local.emulator import Emulator, EmulatorOptions
from local.ports import free_port

pytestmark = pytest.mark.emulator

EXTERNAL_ISSUER = ("-c", "oidcIssuer=https://login.acme.example", "-c", "oidcAudience=cloudops-api")
"""An external issuer: the emulator has user pools, but not the branding of their sign-in pages."""


@pytest.fixture
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An empty account for one test."""
    running = local_emulator.start(EmulatorOptions(free_port(), tmp_path_factory.mktemp("account")))
    yield running
    running.stop()


def test_a_deployment_can_be_removed_and_keeps_its_table(account: Emulator) -> None:
    environment = stack.environment(account)
    deployed = _command("deploy", "--require-approval=never", *EXTERNAL_ISSUER, environment=environment)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert "Deploying CloudOps to account 000000000000, region us-east-1" in deployed.stdout
    assert "bootstrapping" in deployed.stdout
    (table,) = account.client("dynamodb").list_tables()["TableNames"]

    removed = _command("destroy", "--force", *EXTERNAL_ISSUER, environment=environment)
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert f"delete-table --table-name {table}" in removed.stdout
    assert account.client("dynamodb").list_tables()["TableNames"] == [table]
    assert account.client("lambda").list_functions()["Functions"] == []


def test_unknown_credentials_are_a_plain_error() -> None:
    unreachable = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "AWS_MAX_ATTEMPTS": "1"}
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1"}
    refused = _command("deploy", environment=unreachable | keys)
    assert refused.returncode == 1
    assert "Failed: AWS does not know who calls" in refused.stderr
    assert "Next:   set AWS_PROFILE" in refused.stderr


def test_a_missing_region_is_a_plain_error() -> None:
    refused = _command("deploy", environment={"AWS_CONFIG_FILE": "/nowhere"})
    assert refused.returncode == 1
    assert "Failed: no AWS region is chosen" in refused.stderr


def _command(*arguments: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-m", "infra.deploy", *arguments)
    return subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False
    )
