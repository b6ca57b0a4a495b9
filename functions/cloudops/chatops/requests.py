"""What people ask of the agent in a chat, and how a request proves that the chat sent it."""

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.core.ids import SuggestionId

MAX_SKEW_SECONDS: Final = 300
"""Seconds, either way, that the time of a request may be off: older ones may have been captured."""


class SignatureReason(StrEnum):
    """Why a request is or is not one of the chat's."""

    VALID = "valid"
    ABSENT = "absent"
    STALE = "stale"
    WRONG = "wrong"


class Button(StrEnum):
    """What a button of ours is for; what it is about is in its value."""

    APPROVE = "approve"
    REJECT = "reject"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    SILENCE = "silence"


class Form(StrEnum):
    """A dialog of ours that somebody sent off."""

    APPROVE = "approve_plan"
    REJECT = "reject_suggestion"
    UNHELPFUL = "not_helpful"


class SlackUser(msgspec.Struct, frozen=True):
    """A member of a workspace, and where to answer them alone: empty where they have to look elsewhere."""

    user: str
    team: str
    reply_to: str = ""


class Command(msgspec.Struct, frozen=True):
    asker: SlackUser
    text: str


class ButtonClick(msgspec.Struct, frozen=True):
    """`trigger` lets us open a dialog within three seconds."""

    asker: SlackUser
    button: Button
    value: str
    trigger: str


class DialogSubmission(msgspec.Struct, frozen=True):
    """A dialog with what it was opened for, and what was written into it."""

    asker: SlackUser
    form: Form
    about: str
    words: str


class HomeOpened(msgspec.Struct, frozen=True):
    asker: SlackUser


ChatRequest: TypeAlias = Command | ButtonClick | DialogSubmission | HomeOpened


class PlanRead(msgspec.Struct, frozen=True):
    """What the dialog of a plan remembers of it."""

    suggestion: SuggestionId
    plan_hash: str
    required_approvals: int


class Connection(NamedTuple):
    """What Slack says of a bot token: the workspace, and the app's own user in it."""

    team: str
    bot: str
    name: str
