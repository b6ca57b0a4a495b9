"""`cloudops secret`: rotates the secret of the webhooks of a deployment."""

import argparse
import secrets
from typing import Final

from cloudops.identity.access import TOKEN_BYTES
from cloudops.ingestion.webhook import WebhookSecret

DEFAULT_SECRET: Final = "CloudOps/webhook"  # noqa: S105 the name of a secret


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret", metavar="NAME", help=f"the secret of the webhooks (default {DEFAULT_SECRET})"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, said in (
        ("rotate", "Make a new secret and print it, once; the one before is accepted still."),
        ("retire", "Accept the secret before no more, once every sender has the new one."),
    ):
        verbs.add_parser(verb, help=said).add_argument("which", choices=["webhook"])


def run(options: argparse.Namespace, secret: WebhookSecret) -> str:
    """What to print. The new secret is the last word of it."""
    match options.verb:
        case "rotate":
            fresh = secret.rotate(secrets.token_bytes(TOKEN_BYTES))
            return (
                "Both secrets are accepted now. Change it in Datadog and Alertmanager, see that alerts "
                f"arrive, then run: cloudops secret retire webhook\nThis is shown once:\n{fresh}"
            )
        case _:
            secret.retire()
            return "Within a minute only the current secret is accepted."
