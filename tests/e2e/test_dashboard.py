"""The dashboard in a browser, on the deployed stack. Without Chromium, the tests are skipped with a
reason."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra import dashboard_build
from infra.cdk_cli import NODE, environ
from local import stack
from tests.e2e.payloads import alarm_event
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SERVICE = "board-shop"


@pytest.fixture(scope="module")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed, and CHROMIUM names none")
    return found


@pytest.fixture
def service(stack_under_test: StackUnderTest) -> str:
    """A service on its second version, with an alarm."""
    ecs = stack_under_test.emulator.client("ecs")
    ecs.create_cluster(clusterName=SERVICE)
    container = {"name": "web", "image": "web", "memory": 64}
    for _ in range(2):
        ecs.register_task_definition(family=SERVICE, containerDefinitions=[container])
    ecs.create_service(cluster=SERVICE, serviceName=SERVICE, taskDefinition=f"{SERVICE}:2", desiredCount=0)
    stack_under_test.put_event(alarm_event(SERVICE, environment="prod"))
    eventually(lambda: stack_under_test.incidents(service=SERVICE))
    return SERVICE


def test_people_read_and_decide_as_their_role_allows(
    stack_under_test: StackUnderTest, service: str, chromium: str, tmp_path: Path
) -> None:
    stack.upload_site(stack_under_test.emulator, stack_under_test.outputs)
    host = stack.site_host(stack_under_test.outputs)
    address = urlsplit(stack_under_test.emulator.endpoint)
    environment = environ() | {
        "E2E_CHROMIUM": chromium,
        "E2E_URL": f"https://{host}",
        "E2E_RESOLVE": f"MAP {host} 127.0.0.1:{address.port}",
        "E2E_OUTPUT": str(tmp_path),
        "E2E_SERVICE": service,
        **{f"E2E_TOKEN_{role.upper()}": token for role, token in stack_under_test.tokens.items()},
    }
    command = (str(NODE), "node_modules/@playwright/test/cli.js", "test")
    done = subprocess.run(
        command,
        cwd=dashboard_build.SOURCE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
