"""Slack for the stack on this machine, where the environment has the keys of an app (docs/slack.md)."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.cli_errors import CommandFailure
from local import stack
from local.emulator import Emulator

KEYS: Final = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
CHOICES: Final = {"slackRouting": "SLACK_ROUTING", "slackApiUrl": "SLACK_API_URL"}
"""Of the stack's context, by the variable that makes them."""


def context(variables: Mapping[str, str], dashboard: str) -> dict[str, str]:
    """What the stack is deployed with: nothing where there are no keys."""
    if not keys_in(variables):
        return {}
    chosen = {name: variables[variable] for name, variable in CHOICES.items() if variables.get(variable)}
    return {"dashboardUrl": dashboard, **chosen}


def keys_in(variables: Mapping[str, str]) -> str:
    """A digest of the keys, or empty where one is missing."""
    keys = [variables.get(name, "") for name in KEYS]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest() if all(keys) else ""


def run_command(
    emulator: Emulator, outputs: Mapping[str, str], variables: Mapping[str, str], *arguments: str
) -> None:
    """Runs `cloudops slack ...`, the same command as for a deployed stack."""
    cloudops = str(Path(sys.executable).with_name("cloudops"))
    command = (cloudops, "slack", "--secret", outputs["SlackSecretName"], *arguments)
    environment = {**stack.environment(emulator), "TABLE_NAME": outputs["TableName"], **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailure(f"Slack was not connected: {done.stderr.strip()}", "see docs/slack.md")
