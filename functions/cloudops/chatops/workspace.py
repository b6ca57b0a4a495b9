"""Connects a Slack workspace and links its members to roles; both are stored in one secret."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from cloudops.chatops.requests import Connection, MemberProfile
from cloudops.core.errors import BadInput, NotFound
from cloudops.identity.access import Grant
from cloudops.identity.grants import stored_grants
from cloudops.identity.people import PeopleDirectory


class Member(NamedTuple):
    """A linked member: the member id, the name of the person, the texts of the grants, and the person's
    subject. An earlier version stored links without grants and subject."""

    user: str
    name: str
    grants: tuple[str, ...]
    subject: str


class WorkspaceDocument(Protocol):
    """The secret's JSON (Any: it is parsed here)."""

    def reread(self) -> Mapping[str, Any]:
        """Returns the document, a few seconds old at most."""
        ...

    def change(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Replaces the document with the result of `change`, which may be called again after a conflict."""
        ...


class SlackWorkspace:
    """Use cases of `cloudops slack`.

    `identify` asks Slack for the workspace of a bot token, `profile` for a member of the connected workspace.
    """

    def __init__(
        self,
        document: WorkspaceDocument,
        identify: Callable[[str], Connection],
        profile: Callable[[str], MemberProfile],
    ) -> None:
        self._document = document
        self._identify = identify
        self._profile = profile

    def connect(self, bot_token: str, signing_secret: str) -> Connection:
        """Stores the credentials after Slack has accepted the token, and returns the workspace.

        Raises:
            BadInput: The token or the secret does not have the form that Slack issues.
            Refused: Slack does not accept the token.
        """
        if not bot_token.startswith("xoxb-"):
            raise BadInput("SLACK_BOT_TOKEN: a bot token begins with xoxb-", field="SLACK_BOT_TOKEN")
        if not signing_secret.isalnum():
            raise BadInput(
                "SLACK_SIGNING_SECRET: a signing secret has letters and digits only",
                field="SLACK_SIGNING_SECRET",
            )
        workspace = self._identify(bot_token)
        credentials = {
            "botToken": bot_token,
            "signingSecret": signing_secret,
            "team": workspace.team,
            "bot": workspace.bot,
        }
        self._document.change(lambda document: {**document, **credentials})
        return workspace

    def link(self, user: str, who: str, grants: tuple[Grant, ...], people: PeopleDirectory) -> Member:
        """Links a member to a person who has signed in, with grants, and returns the link.

        Args:
            user: The member id.
            who: Subject or name of the person; "" for the person with the member's confirmed email address.
            grants: What the person may do from Slack, and where; at least one.
            people: The people who have signed in.

        Raises:
            BadInput: `user` is not a member id, or it is not certain who the person is.
            Refused: Slack does not say the email address: the app lacks a scope.
        """
        if not (user[:1] in ("U", "W") and user.isalnum() and user.isascii()):
            raise BadInput("a member id begins with U or W: Profile, ⋮, Copy member ID", field="user")
        person = people.find(who) if who else people.with_email(self._confirmed_email(user))
        texts = [str(grant) for grant in grants]
        member = {"name": person.name, "grants": texts, "subject": person.subject}
        self._document.change(lambda document: {**document, "people": {**_people(document), user: member}})
        return Member(user, person.name, tuple(texts), person.subject)

    def _confirmed_email(self, user: str) -> str:
        profile = self._profile(user)
        if not profile.is_full:
            raise BadInput(f"member {user} is a guest, an app or deactivated", field="user")
        if not profile.email:
            raise BadInput(f"member {user} has no confirmed email address; name the person", field="person")
        return profile.email

    def unlink(self, user: str) -> Member:
        """Removes a link, and returns it. Raises NotFound if the member is not linked."""
        member = next((one for one in self.members() if one.user == user), None)
        if member is None:
            raise NotFound(f"user {user}: not linked")
        self._document.change(lambda document: {**document, "people": _without(user, document)})
        return member

    def members(self) -> list[Member]:
        """Returns the linked members, sorted by member id."""
        people = _people(self._document.reread())
        return sorted(_member(user, link) for user, link in people.items())


def _member(user: str, link: Mapping[str, Any]) -> Member:
    grants = tuple(str(grant) for grant in stored_grants(link))
    return Member(user, str(link.get("name", "")), grants, str(link.get("subject", "")))


def _people(document: Mapping[str, Any]) -> dict[str, Any]:
    people = document.get("people")
    return dict(people) if isinstance(people, dict) else {}


def _without(user: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in _people(document).items() if name != user}
