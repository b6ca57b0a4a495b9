"""What carrying out a suggestion means: the plan that people approve, what every executor does with it."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

import msgspec

from cloudops.domain.alert import Instant
from cloudops.domain.catalogue import Limits, Target
from cloudops.domain.suggestion import Action

Fact: TypeAlias = str | int | float | bool | None
"""What a person can read and a record can keep."""

Facts: TypeAlias = dict[str, Fact]


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is kept and shown of remediation."""


class Call(_Record, frozen=True):
    """One call as a person reads it before they approve: `ecs:UpdateService` and its parameters."""

    operation: str
    parameters: Facts


class Observed(_Record, frozen=True):
    """A target as it stood at one moment. `desired` and `healthy` count its tasks, replicas or instances,
    None where the platform counts none. `mark` changes whenever somebody changes the target's
    configuration, whoever it was, and never by itself. `facts` are what the executor needs to act and to
    undo, the previous revision for one."""

    at: Instant
    mark: str
    desired: int | None = None
    healthy: int | None = None
    settled: bool = True
    facts: Facts = {}


class Draft(_Record, frozen=True):
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
    """Exactly what would be done, made of the catalogue and of what was observed, never of an alert's text.
    `observed_mark` is the observed mark: a target that somebody changed since is not the one that was
    approved. `attempt` counts the suggestion's executions, so that what was carried out cannot be approved
    again by the hash it had."""

    suggestion_id: str
    incident_id: str
    action: Action
    service: str
    target: Target
    draft: Draft
    observed_mark: str
    attempt: int = 1

    @property
    def hash(self) -> str:
        """SHA-256 of all of it, in hexadecimal digits: what an approval is bound to."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Refusal(_Record, frozen=True):
    """Why there is nothing that could be done: the previous version is not known, the ceiling is reached."""

    reason: str


class Progress(StrEnum):
    """How far a target is on its way to what was asked of it."""

    MOVING = "moving"
    SETTLED = "settled"
    FAILED = "failed"


class Look(_Record, frozen=True):
    """A target after the act: where it stands, and why we say so."""

    progress: Progress
    reason: str
    observed: Observed


class Undoing(StrEnum):
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    CHANGED_BY_OTHERS = "changed_by_others"
    IRREVERSIBLE = "irreversible"


class Undone(_Record, frozen=True):
    """What became of a compensation, and why."""

    undoing: Undoing
    reason: str


Permissions: TypeAlias = Mapping[str, tuple[str, ...]]
"""IAM action -> what IAM can restrict it to: ARNs less `arn:<partition>:`, with {account} for the account's
number, or "*" alone where the action takes no resource. A Kubernetes verb, as `k8s:patch:apps/deployments`,
is the cluster's to allow and has none."""


class Executor(Protocol):
    """One action on one platform. Every method may be called again with the same arguments, after a crash
    at any point, and then does no more than once what it does; `key` names the execution on the target
    where the platform keeps such a name (an annotation, a client token, a tag). Unavailable is worth a
    retry, Refused and NotFound are not."""

    permissions: ClassVar[Permissions]

    def observe(self, target: Target, now: Instant) -> Observed: ...

    def plan(self, target: Target, observed: Observed, limits: Limits) -> Draft | Refusal: ...

    def act(self, plan: Plan, snapshot: Observed, key: str) -> None:
        """Do what the draft says. Conflict where the target is no longer what the snapshot shows, unless it
        was this very execution that changed it."""
        ...

    def look(self, plan: Plan, snapshot: Observed, key: str, now: Instant) -> Look: ...

    def undo(self, plan: Plan, snapshot: Observed, key: str) -> Undone:
        """Back to the snapshot, unless somebody else changed the target after the act."""
        ...
