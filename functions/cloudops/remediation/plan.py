"""What carrying out a suggestion means: the plan that people approve, what every executor does with it."""

import hashlib
from typing import TypeAlias

import msgspec

from cloudops.catalog.declaration import Target
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis

Fact: TypeAlias = str | int | float | bool | None
"""What a person can read and a record can keep."""

Facts: TypeAlias = dict[str, Fact]


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is kept and shown of remediation."""


class Call(_Record, frozen=True):
    """One call as a person reads it before they approve: `ecs:UpdateService` and its parameters."""

    operation: str
    parameters: Facts


class TargetState(_Record, frozen=True):
    """A target as it stood at one moment. `desired` and `healthy` count its tasks, replicas or instances,
    None where the platform counts none. `mark` changes whenever somebody changes the target's
    configuration, whoever it was, and never by itself. `facts` are what the executor needs to act and to
    undo, the previous revision for one."""

    at: EpochMillis
    mark: str
    desired: int | None = None
    healthy: int | None = None
    settled: bool = True
    facts: Facts = {}


class PlannedChange(_Record, frozen=True):
    """What an executor would do to a target. `before` and `after` are what a person compares. `disturbs` is
    the most healthy members that are away at once while it runs, None where the platform decides. The counts
    are of tasks, replicas, instances or concurrency, None where the action leaves them alone."""

    summary: str
    calls: tuple[Call, ...]
    before: Facts
    after: Facts
    disturbs: int | None = None
    count_before: int | None = None
    count_after: int | None = None
    reversible: bool = True


class Plan(_Record, frozen=True):
    """Exactly what would be done, made of the catalog and of what was observed, never of an alert's text.
    `observed_mark` is the observed mark: a target that somebody changed since is not the one that was
    approved. `attempt` counts the suggestion's executions, so that what was carried out cannot be approved
    again by the hash it had."""

    suggestion_id: SuggestionId
    incident_id: IncidentId
    action: Action
    service: str
    target: Target
    draft: PlannedChange
    observed_mark: str
    attempt: int = 1

    @property
    def hash(self) -> str:
        """SHA-256 of all of it, in hexadecimal digits: what an approval is bound to."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class PlanRejected(_Record, frozen=True):
    """Why there is nothing that could be done: the previous version is not known, the ceiling is reached."""

    reason: str
