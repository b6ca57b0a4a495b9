"""Decides, after the act, whether it helped, harmed, or has to be given more time."""

from enum import StrEnum
from typing import Final

import msgspec

from cloudops.core.time import MINUTE, EpochMillis
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.remediation.execution import Execution
from cloudops.remediation.executor import Progress, RolloutStatus

WINDOW: Final = 10 * MINUTE
"""Milliseconds in which the target has to settle and the alerts to clear. Alarms look back one to five
minutes, rollouts take two to five."""
PAUSE_SECONDS: Final = 15
"""Seconds between two looks: forty in a window, at some three requests each."""


class VerificationOutcome(StrEnum):
    WAIT = "wait"
    HELPED = "helped"
    NO_BETTER = "no_better"
    WORSE = "worse"


class Finding(msgspec.Struct, frozen=True):
    """A judgement, and why."""

    judgement: VerificationOutcome
    reason: str


def verify_effect(execution: Execution, look: RolloutStatus, incident: Incident, now: EpochMillis) -> Finding:
    """Worse is: the rollout failed or never settled, the target settled with fewer healthy members than
    before or than were asked for, or more of the incident's alerts fire in the end than did before."""
    late = execution.verify_until is not None and now >= execution.verify_until
    match look.progress:
        case Progress.FAILED:
            return Finding(VerificationOutcome.WORSE, look.reason)
        case Progress.MOVING if late:
            return Finding(VerificationOutcome.WORSE, f"the target has not settled in time: {look.reason}")
        case Progress.MOVING:
            return Finding(VerificationOutcome.WAIT, look.reason)
        case Progress.SETTLED:
            return _settled(execution, look, incident, late)


def _settled(execution: Execution, look: RolloutStatus, incident: Incident, late: bool) -> Finding:
    if lost := _lost_members(execution, look):
        return Finding(VerificationOutcome.WORSE, lost)
    if _is_clear(incident):
        return Finding(VerificationOutcome.HELPED, f"the alerts cleared; {look.reason}")
    firing = incident.firing_count
    if not late:
        return Finding(VerificationOutcome.WAIT, f"{look.reason}; {firing} alerts still fire")
    if firing > execution.firing_before:
        return Finding(
            VerificationOutcome.WORSE, f"{firing} alerts fire, {execution.firing_before} did before"
        )
    return Finding(VerificationOutcome.NO_BETTER, f"{look.reason}, but {firing} alerts still fire")


def _is_clear(incident: Incident) -> bool:
    """Cleared by its alerts: that a person called it resolved says nothing of the act."""
    told_by_alerts = incident.status is IncidentStatus.RESOLVED and not incident.resolved_by
    return told_by_alerts or incident.firing_count == 0


def _lost_members(execution: Execution, look: RolloutStatus) -> str:
    """How the settled target is less than it was to be, or ""."""
    before = execution.snapshot
    now = look.observed
    if now.healthy is None or before is None or before.healthy is None:
        return ""
    wanted = min(before.healthy, now.desired) if now.desired is not None else before.healthy
    return f"{now.healthy} healthy where {wanted} were" if now.healthy < wanted else ""
