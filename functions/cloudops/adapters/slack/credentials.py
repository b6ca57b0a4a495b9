"""What is kept of a Slack workspace: its tokens, and who its people are to us; one secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cloudops.core.errors import KeyMissing
from cloudops.identity.access import Caller, CallerKind, Role


@dataclass(frozen=True, slots=True)
class Credentials:
    """`team` is the workspace's id and `bot` the app's own user in it."""

    bot_token: str
    signing_secret: str
    team: str
    bot: str


class Document(Protocol):
    """The secret's JSON (Any: it is parsed here)."""

    def read(self) -> Mapping[str, Any]: ...

    def reread(self) -> Mapping[str, Any]: ...


class SlackSecret:
    """`{"botToken", "signingSecret", "team", "bot", "people": {"U…": {"name", "role"}}}`."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def credentials(self) -> Credentials:
        """KeyMissing where nobody has connected a workspace."""
        held = self._document.read()
        found = Credentials(*(_text(held, name) for name in ("botToken", "signingSecret", "team", "bot")))
        if not (found.bot_token and found.signing_secret):
            raise KeyMissing("Slack is not connected: `cloudops slack connect`")
        return found

    def disconnected(self) -> KeyMissing | None:
        """Why nobody can be told, or None."""
        try:
            self.credentials()
        except KeyMissing as error:
            return error
        return None

    @property
    def team(self) -> str:
        return self.credentials().team

    def caller(self, user: str) -> Caller | None:
        """Who a member of the workspace is to us; looked up anew where they are not known yet."""
        for held in (self._document.read(), self._document.reread()):
            one = _mapping(held.get("people")).get(user)
            role = _text(_mapping(one), "role")
            if role in frozenset(Role):
                return Caller(_text(_mapping(one), "name") or user, Role(role), CallerKind.PERSON)
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return value.strip() if isinstance(value, str) else ""
