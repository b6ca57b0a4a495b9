"""What is made of a target and its alerts after an act."""

import pytest
from msgspec.structs import replace

from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.remediation.execution import ExecutionStatus, transition
from cloudops.remediation.executor import Progress, RolloutStatus
from cloudops.remediation.plan import TargetState
from cloudops.remediation.verification import WINDOW, VerificationOutcome, verify_effect
from tests.fakes.incident_factory import NOON, an_incident, incident_named
from tests.fakes.plan_factory import ready

BEFORE = TargetState(at=NOON, mark="m1", desired=4, healthy=4)
ACTED = replace(
    transition(ready(), ExecutionStatus.RUNNING, "claimed", NOON),
    snapshot=BEFORE,
    firing_before=2,
    verify_until=NOON + WINDOW,
)
FIRING = replace(an_incident(incident_named("checkout")), firing_count=2)
CLEAR = replace(FIRING, firing_count=0, status=IncidentStatus.RESOLVED)
LATE = NOON + WINDOW


def look(progress: Progress = Progress.SETTLED, desired: int = 4, healthy: int = 4) -> RolloutStatus:
    seen = TargetState(at=NOON, mark="m2", desired=desired, healthy=healthy)
    return RolloutStatus(progress=progress, reason="told so", observed=seen)


def judged(
    seen: RolloutStatus, incident: Incident = FIRING, now: int = NOON
) -> tuple[VerificationOutcome, str]:
    found = verify_effect(ACTED, seen, incident, now)
    return found.judgement, found.reason


def test_a_rollout_that_failed_is_worse_at_once() -> None:
    assert judged(look(Progress.FAILED)) == (VerificationOutcome.WORSE, "told so")


def test_a_rollout_on_its_way_has_its_time_and_no_more() -> None:
    assert judged(look(Progress.MOVING))[0] is VerificationOutcome.WAIT
    assert judged(look(Progress.MOVING), CLEAR)[0] is VerificationOutcome.WAIT
    late = judged(look(Progress.MOVING), now=LATE)
    assert late == (VerificationOutcome.WORSE, "the target has not settled in time: told so")


def test_settled_and_clear_has_helped() -> None:
    assert judged(look(), CLEAR) == (VerificationOutcome.HELPED, "the alerts cleared; told so")


def test_alerts_have_until_the_end_of_the_window_to_clear() -> None:
    assert judged(look())[0] is VerificationOutcome.WAIT
    assert judged(look(), now=LATE)[0] is VerificationOutcome.NO_BETTER


def test_more_alerts_in_the_end_than_before_are_worse() -> None:
    more = replace(FIRING, firing_count=3)
    assert judged(look(), more)[0] is VerificationOutcome.WAIT
    assert judged(look(), more, LATE) == (VerificationOutcome.WORSE, "3 alerts fire, 2 did before")


@pytest.mark.parametrize("incident", [FIRING, CLEAR])
def test_fewer_healthy_than_before_is_worse_whatever_the_alerts_say(incident: Incident) -> None:
    assert judged(look(healthy=3), incident) == (VerificationOutcome.WORSE, "3 healthy where 4 were")


def test_fewer_are_right_where_fewer_are_wanted() -> None:
    assert judged(look(desired=2, healthy=2), CLEAR)[0] is VerificationOutcome.HELPED


def test_that_a_person_called_it_over_says_nothing_of_the_act() -> None:
    closed = replace(FIRING, status=IncidentStatus.RESOLVED, resolved_by="jane")
    assert judged(look(), closed)[0] is VerificationOutcome.WAIT


def test_a_target_that_counts_no_members_loses_none() -> None:
    acted = replace(ACTED, snapshot=replace(BEFORE, desired=None, healthy=None))
    found = verify_effect(acted, look(desired=1, healthy=0), CLEAR, NOON)
    assert found.judgement is VerificationOutcome.HELPED
