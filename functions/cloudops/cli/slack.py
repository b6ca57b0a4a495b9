"""`cloudops slack`: prints the app's manifest, connects a workspace, and links its members to people."""

import argparse
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Final

from cloudops.chatops.workspace import Member, SlackWorkspace
from cloudops.cli.grants import add_grant_arguments, grants_of
from cloudops.cli.verbs import verbs_of
from cloudops.core.errors import BadInput
from cloudops.identity.people import PeopleDirectory

SLACK_SECRET: Final = "CloudOps/slack"  # noqa: S105 the name of a secret
_NO_SUBJECT: Final = "(reads only: link again)"
_URL: Final = re.compile(r"https://[a-z0-9.-]+(:\d+)?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret",
        metavar="NAME",
        help=f"secret with the credentials and links (default: $SLACK_SECRET, else {SLACK_SECRET})",
    )
    add_verb = verbs_of(parser)
    app = add_verb("manifest", "Print the manifest of the Slack app, for api.slack.com/apps.")
    app.add_argument("url", metavar="URL", help="URL of the API, output ApiUrl of the stack")
    add_verb("connect", "Store the app's credentials, $SLACK_BOT_TOKEN and $SLACK_SIGNING_SECRET.")
    link = add_verb("link", "Link a member of the workspace to a person who has signed in, with a role.")
    link.add_argument(
        "user", metavar="MEMBER_ID", help="such as U012AB3CD; in Slack: Profile, ⋮, Copy member ID"
    )
    link.add_argument(
        "person",
        metavar="PERSON",
        nargs="?",
        default="",
        help="name or subject of the person (default: the person with the member's confirmed email address)",
    )
    link.add_argument("--table", metavar="NAME", help="table of the deployment (default: $TABLE_NAME)")
    add_grant_arguments(link)
    unlink = add_verb("unlink", "Remove a member's role. It ends within a minute.")
    unlink.add_argument("user", metavar="MEMBER_ID")
    add_verb("list", "Print the linked members.")


def manifest(url: str) -> str:
    """Returns the manifest of the Slack app as YAML. Raises BadInput if Slack cannot reach `url`."""
    if not _URL.fullmatch(url.rstrip("/")):
        raise BadInput(f"{url!r} is not an https:// address without a path", field="url")
    text = (files("cloudops.cli") / "slack_manifest.yaml").read_text()
    return text.replace("API_URL", url.rstrip("/")).rstrip()


def run(
    options: argparse.Namespace,
    workspace: SlackWorkspace,
    credentials: tuple[str, str],
    people: Callable[[], PeopleDirectory],
) -> str:
    """Runs a verb and returns the text to print.

    Args:
        options: The parsed arguments.
        workspace: The deployment's Slack workspace.
        credentials: The bot token and the signing secret of the environment; empty where unset.
        people: Returns the people who have signed in; called by `link` only.

    Raises:
        BadInput: Credentials are missing, or Slack or the workspace refuses a value.
    """
    match options.verb:
        case "connect":
            if not all(credentials):
                raise BadInput(
                    "SLACK_BOT_TOKEN or SLACK_SIGNING_SECRET is not set; docs/slack.md shows where both are"
                )
            team = workspace.connect(*credentials)
            return f"Connected to {team.name} ({team.team}). Next: cloudops slack link."
        case "link":
            member = workspace.link(options.user, options.person, grants_of(options), people())
            return f"{member.user} is linked to {member.name} ({member.subject}) as {_grants(member)}."
        case "unlink":
            member = workspace.unlink(options.user)
            return f"{member.user} ({member.name}) has no role now."
        case _:
            return "\n".join(map(_row, workspace.members())) or "No members are linked."


def _row(member: Member) -> str:
    return f"{member.user:12}  {_grants(member):8}  {member.name}  {member.subject or _NO_SUBJECT}"


def _grants(member: Member) -> str:
    return ", ".join(member.grants)
