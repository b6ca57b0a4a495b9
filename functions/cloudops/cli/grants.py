"""The options that say what a token or a Slack member may do, and where."""

import argparse

from cloudops.identity.access import Grant, Role
from cloudops.identity.grants import narrowed_grants


def add_grant_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds --role, and the options that narrow it."""
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    for option, what in (
        ("team", "services that this team owns in the catalog"),
        ("environment", "this environment"),
        ("account", "this AWS account"),
    ):
        parser.add_argument(
            f"--{option}",
            action="append",
            default=[],
            metavar=option.upper(),
            help=f"narrow the role to {what}; may be repeated",
        )


def grants_of(options: argparse.Namespace) -> tuple[Grant, ...]:
    """Returns the grants that the options describe. Raises BadInput if a value is not valid."""
    return narrowed_grants(Role(options.role), options.team, options.environment, options.account)
