"""What the flows ask of the outside world, where a fake or a second implementation exists."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from cloudops.domain.alert import Instant, ScopeKey, Severity, Unreadable
from cloudops.domain.incident import Incident, IncidentAlert, IncidentDetail, IncidentStatus, TimelineEntry
from cloudops.domain.scope_state import ScopeState
from cloudops.domain.silence import Silence
from cloudops.domain.suggestion import Feedback


class StoredScope(msgspec.Struct, frozen=True):
    """A scope's state and the version it was read at; version 0 means that nothing is stored yet."""

    state: ScopeState
    version: int


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one batch changes in one scope, written in one transaction or not at all.

    `incidents` are whole records of the incidents that changed; `alerts` the rows to add, by incident
    id; `batch_id` is deterministic and, with the version, names the write, so that the same commit
    again is recognised as applied.
    """

    scope: ScopeKey
    expected_version: int
    state: ScopeState
    batch_id: str
    incidents: tuple[Incident, ...] = ()
    alerts: dict[str, tuple[IncidentAlert, ...]] = {}
    timeline: tuple[TimelineEntry, ...] = ()


class IncidentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list asks for; None and empty mean no restriction. `text` is found in title or services."""

    status: IncidentStatus | None = None
    severity: Severity | None = None
    service: str = ""
    environment: str = ""
    text: str = ""
    limit: int = 50
    cursor: str | None = None


class IncidentPage(msgspec.Struct, frozen=True):
    """Incidents, newest opened first, and the opaque cursor of the next page, or None at the end."""

    incidents: tuple[Incident, ...]
    cursor: str | None


MAX_INCIDENTS_A_COMMIT = 32
"""A transaction takes 100 items: the scope, a record and a log row an incident, and more log rows where
what is added to one incident does not fit a row."""


class IncidentStore(Protocol):
    def load_scope(self, scope: ScopeKey) -> StoredScope:
        """The scope's state, empty at version 0 where none is stored."""
        ...

    def scope_of(self, incident_id: str) -> ScopeKey:
        """The scope that an incident lives in; NotFound names the id."""
        ...

    def incidents(self, ids: Collection[str]) -> dict[str, Incident]:
        """The stored incidents among these ids, consistent with the scope just read."""
        ...

    def commit(self, commit: Commit) -> None:
        """Write it all or raise Conflict; applying a commit whose answer was lost again is quiet.

        TooLarge where it is more than one write can hold, so that the caller can split it."""
        ...

    def browse(self, query: IncidentQuery) -> IncidentPage:
        """One page; BadInput names `cursor` where it is not one of ours."""
        ...

    def detail(self, incident_id: str, cursor: str | None = None, limit: int = 200) -> IncidentDetail:
        """The incident with everything on it, alerts newest first; NotFound names the id."""
        ...

    def vote(self, feedback: Feedback, entry: TimelineEntry) -> Feedback:
        """Put or change a person's vote, once however often it is retried; NotFound names the suggestion.

        The answer is the vote as stored: the same id for the same person and suggestion."""
        ...


class QuarantineItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An unreadable payload as it is kept: the id is a digest of its content, so a retry overwrites."""

    id: str
    unreadable: Unreadable
    expires_at: Instant


class Quarantine(Protocol):
    def put(self, items: Sequence[QuarantineItem]) -> None:
        """Keep them; an item put again overwrites the first."""
        ...

    def page(self, cursor: str | None, limit: int) -> tuple[tuple[QuarantineItem, ...], str | None]:
        """Newest first, and the cursor of the next page; BadInput names `cursor` where it is not ours."""
        ...

    def get(self, item_id: str) -> QuarantineItem:
        """NotFound names the id."""
        ...

    def remove(self, item_id: str) -> None:
        """Quiet where it is gone already."""
        ...


class SilenceStore(Protocol):
    def put(self, silence: Silence) -> None:
        """Keeps it, or changes it; one that is over is forgotten a month after its end."""
        ...

    def get(self, silence_id: str) -> Silence:
        """NotFound names the id."""
        ...

    def all(self) -> tuple[Silence, ...]:
        """Every one that is still kept, in no order. One request where they fit a megabyte, some 4,000."""
        ...
