"""The `cloudops` command: backtests recordings, checks rule files and administers a deployment."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Final

from cloudops.cli import audit as audit_trail
from cloudops.cli import backtest as recordings
from cloudops.cli import confidence, kubernetes, rules, slack, tokens, webhook_secret
from cloudops.cli.terminal import escaped_output
from cloudops.core.errors import BadInput, CloudOpsError
from cloudops.settings import Settings

EXIT_BROKEN_TRAIL: Final = 1
"""The audit trail is not intact."""
EXIT_ERROR: Final = 2
"""An argument or a file cannot be used, or AWS refuses or fails; argparse exits alike on a wrong usage."""


_DESCRIPTION: Final = "Backtest recordings, check rule files and administer a deployment of CloudOps Agent."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Data goes to stdout, errors to stderr.

    Args:
        arguments: The command line without the program; None reads `sys.argv`.

    Raises:
        SystemExit: argparse refuses the arguments or printed help, or the audit trail is not intact.
    """
    try:
        with escaped_output():
            return _run(arguments)
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="cloudops", description=_DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add_arguments, _) in COMMANDS.items():
        add_arguments(commands.add_parser(name, help=_HELP[name], description=_HELP[name]))
    options = parser.parse_args(arguments)
    _, run = COMMANDS[options.command]
    try:
        run(options)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _report(
            options.command, f"{error.filename}: {error.strerror}" if error.filename else str(error)
        )
    except CloudOpsError as error:
        return _report(options.command, error.message)
    return 0


def _report(command: str, message: str) -> int:
    print(f"cloudops {command}: {message}", file=sys.stderr)
    return EXIT_ERROR


def _audit(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.automation import audit_trail_in  # noqa: PLC0415 other commands need no AWS client

    text, intact = audit_trail.run(options, audit_trail_in(_table(options)))
    print(text)
    if not intact:
        raise SystemExit(EXIT_BROKEN_TRAIL)


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds no arguments."""


def _openapi(options: argparse.Namespace) -> None:
    from cloudops.api.openapi import openapi_text  # noqa: PLC0415 other commands need no pydantic

    print(openapi_text(), end="")


def _token(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.authorizer import api_tokens_in  # noqa: PLC0415 other commands need no AWS client

    secret_id = options.secret or Settings.from_env().api_tokens_secret or tokens.API_TOKENS_SECRET
    print(tokens.run(options, api_tokens_in(secret_id)))


def _secret(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.webhook import webhook_secret_in  # noqa: PLC0415 other commands need no AWS client

    name = options.secret or Settings.from_env().webhook_secret or webhook_secret.WEBHOOK_SECRET
    print(webhook_secret.run(options, webhook_secret_in(name)))


def _slack(options: argparse.Namespace) -> None:
    if options.verb == "manifest":
        print(slack.manifest(options.url))
        return
    from cloudops.bootstrap.slack_workspace import (  # noqa: PLC0415 other commands need no slack-sdk
        people_in,
        workspace_in,
    )

    settings = Settings.from_env()
    workspace = workspace_in(options.secret or settings.slack_secret or slack.SLACK_SECRET)
    credentials = (settings.slack_bot_token, settings.slack_signing_secret)
    print(slack.run(options, workspace, credentials, lambda: people_in(_table(options))))


def _confidence(options: argparse.Namespace) -> None:
    from cloudops.bootstrap.clock import now  # noqa: PLC0415 other commands need no AWS client
    from cloudops.bootstrap.learning import confidence_transfer_in  # noqa: PLC0415 other commands need no AWS client

    print(confidence.run(options, confidence_transfer_in(_table(options)), now()))


def _table(options: argparse.Namespace) -> str:
    table: str = options.table or Settings.from_env().table_name
    if not table:
        raise BadInput("the table of the deployment is missing; give --table NAME or set TABLE_NAME")
    return table


Command = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], None]]
"""Adds the arguments of a command, and runs it."""

COMMANDS: Final[dict[str, Command]] = {
    "analyze": (recordings.add_analyze_arguments, recordings.run_analyze),
    "audit": (audit_trail.add_arguments, _audit),
    "backtest": (recordings.add_backtest_arguments, recordings.run_backtest),
    "confidence": (confidence.add_arguments, _confidence),
    "kubernetes": (kubernetes.add_arguments, lambda options: print(kubernetes.run(options))),
    "openapi": (_no_arguments, _openapi),
    "rules": (rules.add_arguments, rules.run),
    "secret": (webhook_secret.add_arguments, _secret),
    "slack": (slack.add_arguments, _slack),
    "token": (tokens.add_arguments, _token),
}
_HELP: Final = {
    "analyze": "Print symptom, severity and first action of each alert in a recording.",
    "audit": "Verify the audit trail of a deployment.",
    "backtest": "Replay a recording: print decision, incident and cause of each alert.",
    "confidence": "Export and import the learned confidence of a deployment.",
    "kubernetes": "Print the Kubernetes roles that the executors need.",
    "openapi": "Print the API's OpenAPI document.",
    "rules": "Validate rule files.",
    "secret": "Rotate the secret of the webhooks.",
    "slack": "Set up the Slack app and link the members of a workspace.",
    "token": "Create, list and revoke API tokens of a deployment.",
}


if __name__ == "__main__":
    sys.exit(main())
