"""`cloudops secret`: rotates the secret that a deployment's webhook senders present."""

import argparse
import secrets
from typing import Final

from cloudops.cli.verbs import verbs_of
from cloudops.identity.access import TOKEN_BYTES
from cloudops.ingestion.webhook import WebhookSecret

WEBHOOK_SECRET: Final = "CloudOps/webhook"  # noqa: S105 the name of a secret


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret",
        metavar="NAME",
        help=f"secret of the webhooks (default: $WEBHOOK_SECRET, else {WEBHOOK_SECRET})",
    )
    add_verb = verbs_of(parser)
    for verb, text in (
        ("rotate", "Create a new secret and print it once. The previous one stays valid."),
        ("retire", "Invalidate the previous secret, once every sender has the new one."),
    ):
        add_verb(verb, text).add_argument("which", choices=["webhook"])


def run(options: argparse.Namespace, secret: WebhookSecret) -> str:
    """Rotates or retires the secret, and returns the text to print; that of `rotate` ends with the new
    secret.

    Raises:
        Conflict: `rotate` before the previous rotation was retired, or `retire` without a rotation.
    """
    match options.verb:
        case "rotate":
            fresh = secret.rotate(secrets.token_bytes(TOKEN_BYTES))
            return (
                "Both secrets are valid now. Change it in Datadog and Alertmanager, check that alerts "
                f"arrive, then run: cloudops secret retire webhook\nThe secret is shown once:\n{fresh}"
            )
        case _:
            secret.retire()
            return "Only the current secret is valid within a minute."
