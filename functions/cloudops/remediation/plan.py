"""The plan of an action: the calls on a target that people approve, and the state it was made for."""

import hashlib
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from cloudops.catalog.declaration import Target
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import EpochMillis

Fact: TypeAlias = str | int | float | bool | None
"""A value that people can read and a record can store."""

Facts: TypeAlias = dict[str, Fact]


class RemediationRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Base of the records that remediation stores and shows; JSON names are in camelCase."""


class Call(RemediationRecord, frozen=True):
    """One API call, as people read it before they approve: `ecs:UpdateService` with its parameters."""

    operation: str
    parameters: Facts

    def __str__(self) -> str:
        return f"{self.operation} {_listed(self.parameters)}"


class Version(RemediationRecord, frozen=True):
    """A version of the software that a target runs or can return to.

    Attributes:
        id: Equal for equal software, whatever a restart or a renumbering by the platform changed: the ARN of
            a task definition, a hash of a pod template, the number of a published Lambda version.
        name: How the platform names it: `web:7`, a ReplicaSet, a version number.
        images: The images of its containers, for people to compare, or "".
    """

    id: str
    name: str
    images: str = ""


class TargetState(RemediationRecord, frozen=True):
    """A target at one time.

    Attributes:
        mark: Changes with every change of the target's configuration, and never otherwise.
        desired: Desired tasks, replicas or instances, or None if the platform counts none.
        healthy: Healthy ones, or None if the platform counts none.
        settled: Whether no rollout is in progress.
        version: The version that runs or is being rolled out, or None if it is unknown or the action does not
            depend on it.
        earlier: Versions that the target can return to, the previous one by the platform's order first.
        facts: What the executor needs to act and to roll back, such as the previous revision.
    """

    at: EpochMillis
    mark: str
    desired: int | None = None
    healthy: int | None = None
    settled: bool = True
    version: Version | None = None
    earlier: tuple[Version, ...] = ()
    facts: Facts = {}


class PlannedChange(RemediationRecord, frozen=True):
    """The change that an executor would make to a target.

    Attributes:
        before: The values that the change replaces, for people to compare.
        after: The new values.
        disturbs: Most healthy members that are unavailable at once, or None if the platform decides.
        count_before: Tasks, replicas, instances or concurrent executions, or None if the action does not
            change the count.
        count_after: The new count, or None.
        version_before: The id of the version that the action leaves, or "" if it leaves none.
        version_after: The id of the version that it goes to, or "".
        reversible: Whether a rollback can restore the state before.
    """

    summary: str
    calls: tuple[Call, ...]
    before: Facts
    after: Facts
    disturbs: int | None = None
    count_before: int | None = None
    count_after: int | None = None
    version_before: str = ""
    version_after: str = ""
    reversible: bool = True


class Plan(RemediationRecord, frozen=True):
    """An action with parameters on a target, made from the catalog and the observed state, never from
    the text of an alert.

    Attributes:
        observed_mark: The mark of the target when the plan was made. If the target's mark differs, the
            approval does not apply.
        attempt: Number of the suggestion's execution, from 1. It gives each attempt a hash of its own, so
            that an old approval cannot start an action again.
        rejected_at: When a person rejected the suggestion before the plan was made, or None. An approval of
            the plan overrules it that rejection; a later one stops the execution.
    """

    suggestion_id: SuggestionId
    incident_id: IncidentId
    action: Action
    service: str
    target: Target
    draft: PlannedChange
    observed_mark: str
    attempt: int = 1
    rejected_at: EpochMillis | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the plan in hexadecimal digits. An approval is bound to it."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


def restoring_calls(draft: PlannedChange) -> tuple[Call, ...]:
    """Returns the planned calls with the values before the change, the last call first.

    A parameter is a value of `after` if it has its name, in any case, or else its value. Calls without such a
    parameter are left out.
    """
    return tuple(
        replace(call, parameters=earlier)
        for call in reversed(draft.calls)
        if (earlier := _earlier(call.parameters, draft)) != call.parameters
    )


def _earlier(parameters: Facts, draft: PlannedChange) -> Facts:
    by_name = {name.lower(): earlier for name, earlier in draft.before.items()}
    by_value = {str(after): draft.before.get(name, after) for name, after in draft.after.items()}
    return {
        key: by_name.get(key.lower(), by_value.get(str(value), value)) for key, value in parameters.items()
    }


def restore_instructions(draft: PlannedChange) -> str:
    """Returns what a person needs to restore the target by hand: the calls that were made or may have been
    made, the values before, and the calls that set them again."""
    calls = "; ".join(map(str, draft.calls))
    made = f"Made, or possibly made: {calls}. Before: {_listed(draft.before)}."
    restoring = "; ".join(map(str, restoring_calls(draft)))
    if not draft.reversible or not restoring:
        return f"{made} No call undoes it; check the target."
    return f"{made} To restore: {restoring}."


def _listed(facts: Facts) -> str:
    return ", ".join(f"{name}={value}" for name, value in facts.items())


class PlanRejected(RemediationRecord, frozen=True):
    """Why no change can be planned: no previous version is known, or the maximum is reached."""

    reason: str
