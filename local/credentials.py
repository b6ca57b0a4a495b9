"""The credentials of the local stack: an operator's token, and the webhooks' secret."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.cli_errors import CommandFailure
from local import stack
from local.emulator import Emulator


def create_token(emulator: Emulator, outputs: Mapping[str, str], holder: str, role: str) -> str:
    """A new token, made by the same command as for a deployed stack."""
    cloudops = str(Path(sys.executable).with_name("cloudops"))
    secret = ("--secret", outputs["ApiTokensSecretName"])
    command = (cloudops, "token", *secret, "create", holder, "--role", role)
    done = subprocess.run(
        command, env=stack.environment(emulator), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandFailure(f"no token could be made: {done.stderr}", "run the command again")
    return done.stdout.split()[-1]


def webhook_secret(emulator: Emulator, outputs: Mapping[str, str]) -> str:
    secrets = emulator.client("secretsmanager")
    document = secrets.get_secret_value(SecretId=outputs["WebhookSecretName"])["SecretString"]
    return str(json.loads(document)["current"])
