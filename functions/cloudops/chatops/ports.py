"""Ports of ChatOps: replies, the roles of members, and idempotency of requests."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cloudops.chatops.requests import ButtonClick, Form, PlanRead, SlackUser
from cloudops.core.time import EpochMillis
from cloudops.identity.access import Caller
from cloudops.notifications.card import IncidentCard
from cloudops.remediation.execution import Execution
from cloudops.remediation.planner import PlanReview


class Home(msgspec.Struct, frozen=True):
    """The Home tab of one person.

    `pending` are executions that wait for this person's approval, `mine` the incidents that the person
    acknowledged, and `open` those without an acknowledgment. `note` stands above them.
    """

    name: str
    pending: tuple[Execution, ...]
    mine: tuple[IncidentCard, ...]
    open: tuple[IncidentCard, ...]
    note: tuple[str, ...] = ()


class ChatResponder(Protocol):
    """Replies to one person; no other member sees them. Raises what `Messenger` raises."""

    def reply(self, user: SlackUser, texts: Sequence[str]) -> None:
        """Sends the lines as an ephemeral reply; `texts` is not empty."""
        ...

    def show_incident(self, user: SlackUser, card: IncidentCard, note: str) -> None:
        """Shows an incident with its suggestions and buttons, below `note` unless it is empty."""
        ...

    def list_incidents(self, user: SlackUser, cards: Sequence[IncidentCard], title: str) -> None:
        """Shows one row for each incident, below the title."""
        ...

    def open_form(self, click: ButtonClick, form: Form) -> None:
        """Opens the dialog with the text field of a form, for the suggestion that was clicked."""
        ...

    def open_loading(self, click: ButtonClick) -> str:
        """Opens a dialog that says that a plan is being made, and returns its id."""
        ...

    def show_plan(self, click: ButtonClick, dialog: str, review: PlanReview, read: PlanRead) -> None:
        """Replaces the dialog with the plan; `read` is returned with the submission."""
        ...

    def show_refusal(self, dialog: str, reason: str) -> None:
        """Replaces the dialog with the reason why there is nothing to approve."""
        ...

    def publish_home(self, user: SlackUser, home: Home) -> None:
        """Replaces the Home tab of a person."""
        ...

    def publish_no_role(self, user: SlackUser) -> None:
        """Replaces the Home tab of a person without a role."""
        ...


class ChatDirectory(Protocol):
    """The roles of the members of a workspace."""

    def caller(self, user: str) -> Caller | None:
        """Returns the caller that is linked to a member id, or None if the member is not linked."""
        ...

    def reader(self, user: str) -> Caller | None:
        """Returns an unlinked member as a viewer, or None for a guest, and if Slack does not say."""
        ...

    @property
    def team(self) -> str:
        """The id of the workspace. Raises KeyMissing if none is connected."""
        ...


class IdempotencyGuard(Protocol):
    """Lets one holder execute a request."""

    def take(self, idempotency_key: str, holder: str, expires_at: EpochMillis) -> bool:
        """Returns whether this holder may execute the request: True for the first holder, at every call."""
        ...
