"""Verification: decides whether an action helped, made things worse or needs more time."""

from enum import StrEnum
from typing import Final

import msgspec

from cloudops.core.time import MINUTE, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.remediation.execution import Execution
from cloudops.remediation.executor import Progress, RolloutStatus

VERIFICATION_WINDOW: Final = 10 * MINUTE
"""Milliseconds in which the target has to settle and the alerts have to resolve. Alarms evaluate one to five
minutes, rollouts take two to five."""
PAUSE_SECONDS: Final = 15
"""Seconds between two checks: forty in a window, with about three requests each."""


class VerificationOutcome(StrEnum):
    """The result of one check."""

    WAIT = "wait"
    HELPED = "helped"
    NO_BETTER = "no_better"
    WORSE = "worse"


class Finding(msgspec.Struct, frozen=True):
    """The result of one check, with the reason."""

    outcome: VerificationOutcome
    reason: str


def verify_effect(
    execution: Execution, status: RolloutStatus, incident: Incident, now: EpochMillis
) -> Finding:
    """Returns what the action has achieved so far.

    `WORSE` means: the rollout failed or did not settle in time, the settled target has fewer healthy members
    than before or than desired, or more alerts of the incident are firing at the end than before.

    Args:
        execution: The execution, after its action.
        status: The rollout of the target now.
        incident: The incident now.
        now: The time of the check.
    """
    late = execution.verify_until is not None and now >= execution.verify_until
    match status.progress:
        case Progress.FAILED:
            return Finding(VerificationOutcome.WORSE, status.reason)
        case Progress.SUPERSEDED:
            return Finding(VerificationOutcome.NO_BETTER, status.reason)
        case Progress.MOVING if late:
            return Finding(VerificationOutcome.WORSE, f"the target has not settled in time: {status.reason}")
        case Progress.MOVING:
            return Finding(VerificationOutcome.WAIT, status.reason)
        case Progress.SETTLED:
            return _settled(execution, status, incident, late)


def _settled(execution: Execution, status: RolloutStatus, incident: Incident, late: bool) -> Finding:
    if lost := _lost_members(execution, status):
        return Finding(VerificationOutcome.WORSE, lost)
    if _is_resolved(incident):
        return Finding(VerificationOutcome.HELPED, f"the alerts resolved; {status.reason}")
    firing = incident.firing_count
    if not late:
        return Finding(VerificationOutcome.WAIT, f"{status.reason}; {firing} alerts still fire")
    if firing > execution.firing_before:
        return Finding(
            VerificationOutcome.WORSE, f"{firing} alerts fire, {execution.firing_before} did before"
        )
    return Finding(VerificationOutcome.NO_BETTER, f"{status.reason}, but {firing} alerts still fire")


def _is_resolved(incident: Incident) -> bool:
    """Returns whether the alerts resolved. A person who resolves the incident says nothing about the
    action."""
    resolved_by_alerts = incident.status is IncidentStatus.RESOLVED and not incident.resolved_by
    return resolved_by_alerts or incident.firing_count == 0


def _lost_members(execution: Execution, status: RolloutStatus) -> str:
    """Returns how many healthy members the settled target lacks, as a reason, or ""."""
    before = execution.snapshot
    now = status.observed
    if now.healthy is None or before is None or before.healthy is None:
        return ""
    expected = min(before.healthy, now.desired) if now.desired is not None else before.healthy
    return f"{now.healthy} healthy, {expected} expected" if now.healthy < expected else ""
