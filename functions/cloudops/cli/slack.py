"""`cloudops slack`: makes the app, connects a workspace, and says who its members are."""

import argparse
import re
from importlib.resources import files
from typing import Final

from cloudops.chatops.workspace import SlackWorkspace
from cloudops.core.errors import BadInput
from cloudops.identity.access import Role

DEFAULT_SECRET: Final = "CloudOps/slack"  # noqa: S105 the name of a secret
_ADDRESS: Final = re.compile(r"https://[a-z0-9.-]+(:\d+)?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secret", metavar="NAME", help=f"the secret that keeps what is known (default {DEFAULT_SECRET})"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    app = verbs.add_parser("manifest", help="Print the app's manifest, to be pasted at api.slack.com/apps.")
    app.add_argument("url", metavar="URL", help="of the API, such as the stack's output ApiUrl")
    verbs.add_parser(
        "connect", help="Keep the app's SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, from the environment."
    )
    link = verbs.add_parser("link", help="Say who a member of the workspace is.")
    link.add_argument("user", metavar="MEMBER_ID", help="such as U012AB3CD: Profile, ⋮, Copy member ID")
    link.add_argument("name", metavar="NAME", help="as the person signs in to the dashboard")
    link.add_argument("--role", required=True, choices=[role.value for role in Role])
    unlink = verbs.add_parser("unlink", help="Take it back; functions forget it within a minute.")
    unlink.add_argument("user", metavar="MEMBER_ID")
    verbs.add_parser("list", help="Print who is linked.")


def manifest(url: str) -> str:
    """The app as Slack takes it. BadInput where Slack could not reach the address."""
    if not _ADDRESS.fullmatch(url.rstrip("/")):
        raise BadInput(f"{url!r} is not an https:// address without a path", field="url")
    text = (files("cloudops.cli") / "slack_manifest.yaml").read_text()
    return text.replace("API_URL", url.rstrip("/")).rstrip()


def run(options: argparse.Namespace, workspace: SlackWorkspace, keys: tuple[str, str]) -> str:
    """What to print; `keys` are the bot token and the signing secret of the environment."""
    match options.verb:
        case "connect":
            if not all(keys):
                raise BadInput(
                    "set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (docs/slack.md says where they are)"
                )
            found = workspace.connect(*keys)
            return f"Connected to {found.name} ({found.team}). Next: cloudops slack link"
        case "link":
            member = workspace.link(options.user, options.name, Role(options.role))
            return f"{member.user} is {member.name}, {member.role}"
        case "unlink":
            member = workspace.unlink(options.user)
            return f"{member.user} ({member.name}) has no role any more"
        case _:
            rows = [f"{one.user:12}  {one.role:8}  {one.name}" for one in workspace.members()]
            return "\n".join(rows) or "Nobody is linked."
