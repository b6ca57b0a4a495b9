"""A Slack workspace on loopback, connected to a deployed stack as an admin connects one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import slack
from local.emulator import Emulator
from tests.e2e.stack_under_test import Answer, StackUnderTest
from tests.fakes.slack import TOKEN, Workspace
from tests.fakes.slack_requests import signed

CHANNEL = "C0ALERTS"
GRACE, STRANGER = "U0GRACE", "U0STRANGER"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ROUTING = f"""
[[routes]]
services = ["slack-*"]
channel = "{CHANNEL}"
"""
"""Only the services of the Slack tests have a channel."""


@dataclass(frozen=True, slots=True)
class SlackOnLoopback:
    """A workspace and the address of its server."""

    url: str
    workspace: Workspace

    def context(self, folder: Path) -> dict[str, str]:
        """Returns the CDK context with which the stack is deployed."""
        folder.mkdir(exist_ok=True)
        routing = folder / "routing.toml"
        routing.write_text(ROUTING)
        return {
            "slackApiUrl": f"{self.url}/api/",
            "slackRouting": str(routing),
            "dashboardUrl": "https://ops.example.com",
        }

    def connect(self, emulator: Emulator, outputs: Mapping[str, str]) -> None:
        """Connects the workspace with the command of `cloudops slack`."""
        self._run(emulator, outputs, "connect")

    def link_grace(self, emulator: Emulator, outputs: Mapping[str, str]) -> None:
        """Links a member by the email address with which the person has signed in before."""
        self._run(emulator, outputs, "link", GRACE, "--role", "operator")

    def _run(self, emulator: Emulator, outputs: Mapping[str, str], *verb: str) -> None:
        variables = {
            "SLACK_API_URL": f"{self.url}/api/",
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }
        slack.run_command(emulator, outputs, variables, *verb)

    def send(self, deployed: StackUnderTest, endpoint: str, body: str) -> Answer:
        """Sends a request that is signed now."""
        return deployed.from_slack(endpoint, body, signed(body, int(time.time()), SIGNING_SECRET))
