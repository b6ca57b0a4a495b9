"""Credentials of a Slack workspace, and the roles of its members; stored in one secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cloudops.core.errors import KeyMissing
from cloudops.identity.access import Caller, CallerKind
from cloudops.identity.grants import stored_grants


@dataclass(frozen=True, slots=True)
class Credentials:
    """`team` is the workspace's id, `bot` the member id of the app's own user."""

    bot_token: str
    signing_secret: str
    team: str
    bot: str


class CredentialsDocument(Protocol):
    """The secret's JSON (Any: it is parsed here)."""

    def read(self) -> Mapping[str, Any]:
        """Returns the document, at most a minute old."""
        ...

    def reread(self) -> Mapping[str, Any]:
        """Returns the document, a few seconds old at most."""
        ...


class SlackSecret:
    """`{"botToken", "signingSecret", "team", "bot", "people": {"U…": {"name", "role"}}}`."""

    def __init__(self, document: CredentialsDocument) -> None:
        self._document = document

    def credentials(self) -> Credentials:
        """Returns the stored credentials. Raises KeyMissing if no workspace is connected."""
        document = self._document.read()
        names = ("botToken", "signingSecret", "team", "bot")
        credentials = Credentials(*(_text(document, name) for name in names))
        if not (credentials.bot_token and credentials.signing_secret):
            raise KeyMissing("Slack is not connected: `cloudops slack connect`")
        return credentials

    def disconnected(self) -> KeyMissing | None:
        """Returns why no message can be sent, or None if Slack is connected."""
        try:
            self.credentials()
        except KeyMissing as error:
            return error
        return None

    @property
    def team(self) -> str:
        return self.credentials().team

    def caller(self, user: str) -> Caller | None:
        """Returns the caller that is linked to a member id, or None if the member is not linked.

        A link without a subject, which an earlier version stored, names no person and does not count. If the
        cached document does not name the member, it is read again: a new link holds within seconds.
        """
        for document in (self._document.read(), self._document.reread()):
            member = _mapping(_mapping(document.get("people")).get(user))
            name, subject = _text(member, "name"), _text(member, "subject")
            grants = stored_grants(member)
            if grants and name and subject:
                return Caller(name, grants, subject, CallerKind.PERSON)
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""
