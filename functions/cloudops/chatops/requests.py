"""Requests of Slack as values, and the result of verifying their signature."""

from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.core.ids import SuggestionId

MAX_SKEW_SECONDS: Final = 300
"""How far the time of a request may be from ours, either way: an older request may be a replay."""


class SignatureReason(StrEnum):
    """The result of verifying a request."""

    VALID = "valid"
    ABSENT = "absent"
    STALE = "stale"
    WRONG = "wrong"


class Button(StrEnum):
    """The action id of a button; the value of the button holds the subject."""

    APPROVE = "approve"
    REJECT = "reject"
    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    SILENCE = "silence"


class Form(StrEnum):
    """The callback id of a dialog with a submit button."""

    APPROVE = "approve_plan"
    REJECT = "reject_suggestion"
    UNHELPFUL = "not_helpful"


class SlackUser(msgspec.Struct, frozen=True):
    """A member of a workspace. `reply_to` is the response URL for ephemeral replies, or empty."""

    id: str
    team: str
    reply_to: str = ""


class Command(msgspec.Struct, frozen=True):
    """A slash command; `text` follows /cloudops."""

    user: SlackUser
    text: str


class ButtonClick(msgspec.Struct, frozen=True):
    """A click on a button; `trigger` permits one dialog within three seconds."""

    user: SlackUser
    button: Button
    value: str
    trigger: str


class DialogSubmission(msgspec.Struct, frozen=True):
    """A submitted dialog: `subject` is what it was opened for, `text` what the person wrote."""

    user: SlackUser
    form: Form
    subject: str
    text: str


class HomeOpened(msgspec.Struct, frozen=True):
    """A person opened the Home tab."""

    user: SlackUser


ChatRequest: TypeAlias = Command | ButtonClick | DialogSubmission | HomeOpened


class PlanRead(msgspec.Struct, frozen=True):
    """The plan that a dialog shows, by its hash."""

    suggestion: SuggestionId
    plan_hash: str
    required_approvals: int


class MemberProfile(NamedTuple):
    """A member of the workspace, as Slack describes them.

    `email` is "" unless the member confirmed it. `is_full` is False for guests, apps, members of other
    workspaces and deactivated members."""

    name: str
    email: str
    is_full: bool


class Connection(NamedTuple):
    """The workspace of a bot token: its id, the member id of the app's own user, and its name."""

    team: str
    bot: str
    name: str
