"""The `cloudops` command: what the agent would make of a recording, its API's contract, and its tokens."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Final

from cloudops.cli import audit as audit_trail
from cloudops.cli import backtest as recordings
from cloudops.cli import confidence, kubernetes, rules, slack, tokens, webhook_secret
from cloudops.core.errors import BadInput, CloudOpsError
from cloudops.settings import Settings

BROKEN: Final = 1
"""Exit status where the audit trail is not what was written."""
UNUSABLE: Final = 2
"""Exit status where an argument or a file cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parser = argparse.ArgumentParser(prog="cloudops", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add_arguments, _) in COMMANDS.items():
        add_arguments(commands.add_parser(name, help=_HELP[name], description=_HELP[name]))
    options = parser.parse_args(arguments)
    _, run = COMMANDS[options.command]
    try:
        run(options)
    except BrokenPipeError:
        sys.stderr.close()
    except (OSError, CloudOpsError) as error:
        print(f"cloudops {options.command}: {error}", file=sys.stderr)
        return UNUSABLE
    return 0


def _audit(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.automation import audit_trail_in  # noqa: PLC0415 the others need no AWS client

    said, holds = audit_trail.run(options, audit_trail_in(_table(options)))
    print(said)
    if not holds:
        raise SystemExit(BROKEN)


def _openapi_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def _openapi(options: argparse.Namespace) -> None:
    from cloudops.api.openapi import openapi_text  # noqa: PLC0415 the others need no pydantic

    print(openapi_text(), end="")


def _token(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.authorizer import api_tokens_in  # noqa: PLC0415 the others need no AWS client

    secret_id = options.secret or Settings.from_env().api_tokens_secret or tokens.DEFAULT_SECRET
    print(tokens.run(options, api_tokens_in(secret_id)))


def _secret(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.webhook import webhook_secret_in  # noqa: PLC0415 the others need no AWS client

    name = options.secret or Settings.from_env().webhook_secret or webhook_secret.DEFAULT_SECRET
    print(webhook_secret.run(options, webhook_secret_in(name)))


def _slack(options: argparse.Namespace) -> None:
    if options.verb == "manifest":
        print(slack.manifest(options.url))
        return
    from cloudops.bootstrap.slack_workspace import workspace_in  # noqa: PLC0415 the others need no slack-sdk

    settings = Settings.from_env()
    workspace = workspace_in(options.secret or settings.slack_secret or slack.DEFAULT_SECRET)
    print(slack.run(options, workspace, (settings.slack_bot_token, settings.slack_signing_secret)))


def _confidence(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.clock import now  # noqa: PLC0415 the others need no AWS client
    from cloudops.bootstrap.learning import confidence_transfer_in  # noqa: PLC0415

    print(confidence.run(options, confidence_transfer_in(_table(options)), now()))


def _table(options: argparse.Namespace) -> str:
    table: str = options.table or Settings.from_env().table_name
    if not table:
        raise BadInput("which deployment? name its table: --table NAME, or TABLE_NAME in the environment")
    return table


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], None]]

COMMANDS: Final[dict[str, Command]] = {
    "analyze": (recordings.add_analyze_arguments, recordings.run_analyze),
    "audit": (audit_trail.add_arguments, _audit),
    "backtest": (recordings.add_backtest_arguments, recordings.run_backtest),
    "confidence": (confidence.add_arguments, _confidence),
    "kubernetes": (kubernetes.add_arguments, lambda options: print(kubernetes.run(options))),
    "openapi": (_openapi_arguments, _openapi),
    "rules": (rules.add_arguments, rules.run),
    "secret": (webhook_secret.add_arguments, _secret),
    "slack": (slack.add_arguments, _slack),
    "token": (tokens.add_arguments, _token),
}
_HELP: Final = {
    "analyze": "Print what the rules make of each alert of a recording.",
    "audit": "Check the audit trail of a deployment.",
    "backtest": "Print what would have become of a recording: decisions, incidents, causes.",
    "confidence": "Carry what was learned from one deployment to another.",
    "kubernetes": "Print what a cluster's administrator applies for the executors.",
    "openapi": "Print the API's OpenAPI document.",
    "rules": "Check rule files.",
    "secret": "Rotate the secret that webhooks must know.",
    "slack": "Make the Slack app, connect it, and say who is who.",
    "token": "Make, list and revoke the API tokens of a deployment.",
}


if __name__ == "__main__":
    sys.exit(main())
