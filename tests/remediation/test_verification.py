"""Verification: the result for each state of the target and of the alerts after an action."""

import pytest
from msgspec.structs import replace

from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.remediation.execution import ExecutionStatus, transition
from cloudops.remediation.executor import Progress, RolloutStatus
from cloudops.remediation.plan import TargetState
from cloudops.remediation.verification import VERIFICATION_WINDOW, VerificationOutcome, verify_effect
from tests.fakes.incident_factory import NOON, an_incident, incident_named
from tests.fakes.plan_factory import ready

BEFORE = TargetState(at=NOON, mark="m1", desired=4, healthy=4)
ACTED = replace(
    transition(ready(), ExecutionStatus.RUNNING, "claimed", NOON),
    snapshot=BEFORE,
    firing_before=2,
    verify_until=NOON + VERIFICATION_WINDOW,
)
FIRING = replace(an_incident(incident_named("checkout")), firing_count=2)
RESOLVED = replace(FIRING, firing_count=0, status=IncidentStatus.RESOLVED)
LATE = NOON + VERIFICATION_WINDOW


def rollout(progress: Progress = Progress.SETTLED, desired: int = 4, healthy: int = 4) -> RolloutStatus:
    status = TargetState(at=NOON, mark="m2", desired=desired, healthy=healthy)
    return RolloutStatus(progress=progress, reason="its rollout status", observed=status)


def result(
    status: RolloutStatus, incident: Incident = FIRING, now: int = NOON
) -> tuple[VerificationOutcome, str]:
    finding = verify_effect(ACTED, status, incident, now)
    return finding.outcome, finding.reason


def test_a_rollout_that_failed_is_worse_at_once() -> None:
    assert result(rollout(Progress.FAILED)) == (VerificationOutcome.WORSE, "its rollout status")


def test_a_moving_rollout_is_worse_only_after_the_window() -> None:
    assert result(rollout(Progress.MOVING))[0] is VerificationOutcome.WAIT
    assert result(rollout(Progress.MOVING), RESOLVED)[0] is VerificationOutcome.WAIT
    late = result(rollout(Progress.MOVING), now=LATE)
    assert late == (VerificationOutcome.WORSE, "the target has not settled in time: its rollout status")


def test_a_settled_target_with_resolved_alerts_has_helped() -> None:
    assert result(rollout(), RESOLVED) == (
        VerificationOutcome.HELPED,
        "the alerts resolved; its rollout status",
    )


def test_alerts_may_resolve_until_the_end_of_the_window() -> None:
    assert result(rollout())[0] is VerificationOutcome.WAIT
    assert result(rollout(), now=LATE)[0] is VerificationOutcome.NO_BETTER


def test_more_firing_alerts_at_the_end_than_before_are_worse() -> None:
    more = replace(FIRING, firing_count=3)
    assert result(rollout(), more)[0] is VerificationOutcome.WAIT
    assert result(rollout(), more, LATE) == (VerificationOutcome.WORSE, "3 alerts fire, 2 did before")


@pytest.mark.parametrize("incident", [FIRING, RESOLVED])
def test_fewer_healthy_members_than_before_are_worse_even_if_alerts_resolved(incident: Incident) -> None:
    assert result(rollout(healthy=3), incident) == (VerificationOutcome.WORSE, "3 healthy, 4 expected")


def test_fewer_members_are_right_if_fewer_are_desired() -> None:
    assert result(rollout(desired=2, healthy=2), RESOLVED)[0] is VerificationOutcome.HELPED


def test_an_incident_resolved_by_a_person_proves_nothing() -> None:
    closed = replace(FIRING, status=IncidentStatus.RESOLVED, resolved_by="jane")
    assert result(rollout(), closed)[0] is VerificationOutcome.WAIT


def test_a_target_without_member_counts_cannot_lose_members() -> None:
    acted = replace(ACTED, snapshot=replace(BEFORE, desired=None, healthy=None))
    finding = verify_effect(acted, rollout(desired=1, healthy=0), RESOLVED, NOON)
    assert finding.outcome is VerificationOutcome.HELPED
