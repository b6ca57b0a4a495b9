"""What the flow that answers people in a chat asks of it, and of the store."""

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
    """What one person's own page shows: what waits for approval, what is theirs, and what is nobody's."""

    name: str
    pending: tuple[Execution, ...]
    mine: tuple[IncidentCard, ...]
    open: tuple[IncidentCard, ...]


class ChatResponder(Protocol):
    """Every word goes to the asker alone. Raises what domain/announcement_ports.Messenger raises."""

    def whisper(self, asker: SlackUser, lines: Sequence[str]) -> None: ...

    def show(self, asker: SlackUser, bulletin: IncidentCard, note: str) -> None:
        """One incident whole; `note` is said first, where there is one."""
        ...

    def enumerate(self, asker: SlackUser, bulletins: Sequence[IncidentCard], head: str) -> None:
        """A line an incident, below `head`."""
        ...

    def ask(self, click: ButtonClick, form: Form) -> None:
        """Open the dialog that asks for words on what was clicked."""
        ...

    def wait(self, click: ButtonClick) -> str:
        """Open a dialog that says that something is being read; its name."""
        ...

    def show_plan(self, click: ButtonClick, dialog: str, proposed: PlanReview, read: PlanRead) -> None: ...

    def say_no(self, dialog: str, why: str) -> None:
        """There is nothing to approve, and why."""
        ...

    def home(self, asker: SlackUser, home: Home) -> None: ...

    def strangers_home(self, asker: SlackUser) -> None:
        """The page of somebody who has no role."""
        ...


class ChatDirectory(Protocol):
    """Who the members of the workspace are to us."""

    def caller(self, user: str) -> Caller | None: ...

    @property
    def team(self) -> str:
        """The id of the workspace; Refused where none is connected."""
        ...


class IdempotencyGuard(Protocol):
    def take(self, what: str, holder: str, expires_at: EpochMillis) -> bool:
        """Whether this holder is the one that may do it: the first that asked, however often it asks."""
        ...
