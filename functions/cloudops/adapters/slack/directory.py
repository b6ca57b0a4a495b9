"""The members of a Slack workspace: linked people, and what Slack says about the others."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient

from cloudops.adapters.slack.client import SlackClient
from cloudops.adapters.slack.credentials import SlackSecret
from cloudops.adapters.slack.errors import slack_errors
from cloudops.chatops.requests import MemberProfile
from cloudops.core.errors import CloudOpsError, Refused, Unavailable
from cloudops.identity.access import Caller, CallerKind, Grant, Role

_NOT_FULL = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
"""Fields of a member that is deactivated, an app, a guest, or of another workspace."""


class SlackDirectory:
    """Implements the port `ChatDirectory`: links are in the secret, and Slack has the other members."""

    def __init__(self, secret: SlackSecret, client: SlackClient) -> None:
        self._secret = secret
        self._client = client

    @property
    def team(self) -> str:
        return self._secret.team

    def caller(self, user: str) -> Caller | None:
        return self._secret.caller(user)

    def reader(self, user: str) -> Caller | None:
        try:
            profile = member_profile(self._client.open, user)
        except Refused:
            return None
        except Unavailable:
            raise
        except CloudOpsError:
            return None
        if not profile.is_full:
            return None
        return Caller(profile.name, (Grant(Role.VIEWER),), f"slack:{user}", CallerKind.PERSON)


def member_profile(client: Callable[[], WebClient], user: str) -> MemberProfile:
    """Returns what `users.info` says about a member.

    Raises:
        Refused: The app lacks the scopes `users:read` and `users:read.email`.
        BadInput: The workspace has no such member.
    """
    with slack_errors(f"read the profile of {user}"):
        member: Mapping[str, Any] = client().users_info(user=user)["user"]
        profile: Mapping[str, Any] = member.get("profile") or {}
        confirmed = member.get("is_email_confirmed") is True
        return MemberProfile(
            name=str(member.get("real_name") or user),
            email=str(profile.get("email") or "") if confirmed else "",
            is_full=not any(member.get(field) for field in _NOT_FULL),
        )
