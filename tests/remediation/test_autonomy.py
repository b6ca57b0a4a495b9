"""How far the agent may go by itself."""

import pytest
from msgspec.structs import replace

from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action, Symptom
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.remediation.autonomy import Autonomy, Policy, PolicyKey, checked, demoted, level
from tests.fakes.incident_factory import NOON

POLICY = Policy(
    key=PolicyKey("checkout", Action.SCALE_SERVICE, "prod"),
    ceiling=Autonomy.AUTOMATIC,
    min_confidence=0.8,
    min_outcomes=10,
    updated_by="Ada",
    updated_at=NOON,
)
OFFER = ActionSuggestion(
    id="inc_1.scale_service",
    incident_id="inc_1",
    action=Action.SCALE_SERVICE,
    symptom=Symptom.LATENCY,
    confidence=0.9,
    confidence_low=0.85,
    outcomes=12,
)


@pytest.mark.parametrize(
    ("policy", "offer", "autonomy", "reason"),
    [
        (None, OFFER, Autonomy.APPROVE, "no policy: a person approves"),
        (
            POLICY,
            OFFER,
            Autonomy.AUTOMATIC,
            "earned: 10th percentile 0.85 after 12 outcomes, as Ada asks",
        ),
        (
            replace(POLICY, ceiling=Autonomy.SUGGEST),
            OFFER,
            Autonomy.SUGGEST,
            "Ada allows no more than suggest",
        ),
        (
            POLICY,
            replace(OFFER, confidence_low=0.79),
            Autonomy.APPROVE,
            "the 10th percentile is 0.79, 0.80 are asked for",
        ),
        (
            POLICY,
            replace(OFFER, confidence_low=None),
            Autonomy.APPROVE,
            "the 10th percentile is not known, 0.80 are asked for",
        ),
        (POLICY, replace(OFFER, outcomes=9), Autonomy.APPROVE, "9 outcomes of the 10 asked for"),
        (
            demoted(POLICY, "it did not help", NOON),
            OFFER,
            Autonomy.APPROVE,
            "demoted: it did not help",
        ),
    ],
)
def test_autonomy_is_what_the_owner_allows_and_the_agent_has_earned(
    policy: Policy | None, offer: ActionSuggestion, autonomy: Autonomy, reason: str
) -> None:
    found = level(policy, offer)
    assert (found.autonomy, found.reason) == (autonomy, reason)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (replace(POLICY, min_confidence=0.4), "minConfidence"),
        (replace(POLICY, min_outcomes=2), "minOutcomes"),
        (replace(POLICY, key=PolicyKey("checkout", Action.NOOP, "prod")), "action"),
    ],
)
def test_a_policy_that_asks_for_too_little_is_refused(policy: Policy, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(policy)
    assert refused.value.field == field


def test_the_first_failure_is_the_one_that_is_kept() -> None:
    once = demoted(POLICY, "first", NOON)
    assert demoted(once, "second", NOON + 1) == once
