"""Connects a workspace, and says who its members are to us: kept in one secret, changed by an admin."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from cloudops.chatops.requests import Connection
from cloudops.core.errors import BadInput, NotFound
from cloudops.identity.access import Role


class Member(NamedTuple):
    user: str
    name: str
    role: str


class Document(Protocol):
    def reread(self) -> Mapping[str, Any]: ...

    def change(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None: ...


class SlackWorkspace:
    """`ask` has Slack say whose a bot token is."""

    def __init__(self, document: Document, ask: Callable[[str], Connection]) -> None:
        self._document = document
        self._ask = ask

    def connect(self, bot_token: str, signing_secret: str) -> Connection:
        """BadInput where they are not what Slack gives out; Refused where Slack does not know the token."""
        if not bot_token.startswith("xoxb-"):
            raise BadInput("SLACK_BOT_TOKEN: a bot token begins with xoxb-", field="SLACK_BOT_TOKEN")
        if not signing_secret.isalnum():
            raise BadInput("SLACK_SIGNING_SECRET: it is letters and digits", field="SLACK_SIGNING_SECRET")
        found = self._ask(bot_token)
        kept = {
            "botToken": bot_token,
            "signingSecret": signing_secret,
            "team": found.team,
            "bot": found.bot,
        }
        self._document.change(lambda held: {**held, **kept})
        return found

    def link(self, user: str, name: str, role: Role) -> Member:
        """`name` as the person signs in elsewhere: by it two approvals are of two people."""
        if not (user[:1] in ("U", "W") and user.isalnum() and user.isascii()):
            raise BadInput("a member id begins with U or W: Profile, ⋮, Copy member ID", field="user")
        if not name.strip():
            raise BadInput("the name is empty", field="name")
        member = {"name": name.strip(), "role": role.value}
        self._document.change(lambda held: {**held, "people": {**_people(held), user: member}})
        return Member(user, name.strip(), role)

    def unlink(self, user: str) -> Member:
        found = next((one for one in self.members() if one.user == user), None)
        if found is None:
            raise NotFound(f"user {user}: not linked")
        self._document.change(lambda held: {**held, "people": _without(user, held)})
        return found

    def members(self) -> list[Member]:
        people = _people(self._document.reread())
        return sorted(Member(user, one["name"], one["role"]) for user, one in people.items())


def _people(held: Mapping[str, Any]) -> dict[str, Any]:
    people = held.get("people")
    return dict(people) if isinstance(people, dict) else {}


def _without(user: str, held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in _people(held).items() if name != user}
