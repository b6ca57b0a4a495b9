"""Autonomy policies: how far CloudOps may act without approval, and which policies are accepted."""

import pytest
from msgspec.structs import replace

from cloudops.catalog.declaration import Catalog, ServiceDeclaration
from cloudops.catalog.inventory import ServiceInventory
from cloudops.confidence.observations import Cell, Counts, WeightedSums
from cloudops.confidence.posterior import Levels, aggregate
from cloudops.core.errors import BadInput, Conflict, PreconditionFailed, PreconditionRequired
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action, Symptom
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.remediation.autonomy import (
    Autonomy,
    AutonomyPolicies,
    EarnedConfidence,
    Policy,
    PolicyKey,
    autonomy_level,
    demote,
    earned_confidence,
    validate_policy,
)
from tests.fakes.execution import MemoryPolicyStore
from tests.fakes.incident_factory import NOON

POLICY = Policy(
    key=PolicyKey("checkout", Action.SCALE_SERVICE, "prod"),
    ceiling=Autonomy.AUTOMATIC,
    min_confidence=0.8,
    min_outcomes=10,
    updated_by="Ada",
    updated_at=NOON,
)
EARNED = EarnedConfidence(low=0.85, outcomes=12)


@pytest.mark.parametrize(
    ("policy", "earned", "autonomy", "reason"),
    [
        (None, EARNED, Autonomy.APPROVE, "no policy: a person approves"),
        (
            POLICY,
            EARNED,
            Autonomy.AUTOMATIC,
            "earned: 10th percentile 0.85 after 12 outcomes, under the policy of Ada",
        ),
        (
            replace(POLICY, ceiling=Autonomy.SUGGEST),
            EARNED,
            Autonomy.SUGGEST,
            "Ada allows no more than suggest",
        ),
        (
            POLICY,
            replace(EARNED, low=0.79),
            Autonomy.APPROVE,
            "the 10th percentile is 0.79, the policy needs 0.80",
        ),
        (
            POLICY,
            replace(EARNED, low=None),
            Autonomy.APPROVE,
            "the 10th percentile is not known, the policy needs 0.80",
        ),
        (
            POLICY,
            replace(EARNED, outcomes=9),
            Autonomy.APPROVE,
            "9 of the 10 outcomes that the policy needs",
        ),
        (
            demote(POLICY, "it did not help", NOON),
            EARNED,
            Autonomy.APPROVE,
            "demoted: it did not help",
        ),
    ],
)
def test_autonomy_needs_the_owners_policy_and_earned_confidence(
    policy: Policy | None, earned: EarnedConfidence, autonomy: Autonomy, reason: str
) -> None:
    decided = autonomy_level(policy, earned)
    assert (decided.autonomy, decided.reason) == (autonomy, reason)


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (replace(POLICY, min_confidence=0.4), "minConfidence"),
        (replace(POLICY, min_outcomes=2), "minOutcomes"),
        (replace(POLICY, key=PolicyKey("checkout", Action.NOOP, "prod")), "action"),
    ],
)
def test_a_policy_with_a_threshold_below_the_least_is_refused(policy: Policy, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        validate_policy(policy)
    assert refused.value.field == field


def test_a_demotion_keeps_the_reason_of_the_first_failure() -> None:
    once = demote(POLICY, "first", NOON)
    assert demote(once, "second", NOON + 1) == once


@pytest.mark.parametrize(
    "policy",
    [
        replace(POLICY, min_confidence=0.5),
        replace(POLICY, min_confidence=1.0),
        replace(POLICY, min_outcomes=3),
    ],
)
def test_a_policy_at_the_bounds_is_accepted(policy: Policy) -> None:
    assert validate_policy(policy) == policy


def test_a_confidence_above_one_is_refused_with_the_bounds() -> None:
    with pytest.raises(BadInput) as refused:
        validate_policy(replace(POLICY, min_confidence=1.01))
    assert refused.value.message == "minConfidence must be 0.5 to 1"


@pytest.mark.parametrize("earned", [replace(EARNED, low=0.8), replace(EARNED, outcomes=10)])
def test_autonomy_is_earned_at_exactly_the_thresholds(earned: EarnedConfidence) -> None:
    assert autonomy_level(POLICY, earned).autonomy is Autonomy.AUTOMATIC


SUGGESTION = ActionSuggestion(
    id=SuggestionId("inc_1.scale_service"),
    incident_id=IncidentId("inc_1"),
    action=Action.SCALE_SERVICE,
    symptom=Symptom.LATENCY,
    confidence=0.9,
    confidence_low=0.99,
    service="checkout",
)


def levels_of_outcomes(**outcomes: int) -> Levels:
    """Returns levels with so many helpful outcomes of the suggestion in each environment."""
    return aggregate(
        Cell(
            symptom=SUGGESTION.symptom,
            action=SUGGESTION.action,
            service=SUGGESTION.service,
            environment=environment,
            tally=Counts(outcomes=WeightedSums(count, count, count, count, count, count / 2)),
        )
        for environment, count in outcomes.items()
    )


def test_outcomes_of_one_environment_earn_nothing_in_another() -> None:
    earned = earned_confidence(levels_of_outcomes(dev=40, prod=2), SUGGESTION, "prod")
    assert earned.outcomes == 2
    assert earned == earned_confidence(levels_of_outcomes(prod=2), SUGGESTION, "prod")
    assert earned_confidence(levels_of_outcomes(dev=40), SUGGESTION, "prod") == EarnedConfidence(None, 0)
    assert earned_confidence(levels_of_outcomes(dev=40), SUGGESTION, "dev").outcomes == 40


def test_outcomes_of_an_unknown_environment_earn_nothing_in_a_known_one() -> None:
    levels = aggregate(
        [
            Cell(
                symptom=SUGGESTION.symptom,
                action=SUGGESTION.action,
                service=SUGGESTION.service,
                tally=Counts(outcomes=WeightedSums(40, 40, 40, 40, 40, 20)),
            )
        ]
    )
    assert earned_confidence(levels, SUGGESTION, "prod") == EarnedConfidence(None, 0)


def test_what_is_earned_is_at_most_the_confidence_of_the_suggestion() -> None:
    levels = levels_of_outcomes(prod=400)
    unlikely = replace(SUGGESTION, confidence_low=0.3)
    assert earned_confidence(levels, unlikely, "prod").low == 0.3
    assert (earned_confidence(levels, SUGGESTION, "prod").low or 0) > 0.8
    unknown = replace(SUGGESTION, confidence_low=None)
    assert earned_confidence(levels, unknown, "prod") == EarnedConfidence(None, 0)


INVENTORY = ServiceInventory(
    Catalog(
        {
            "basket": ServiceDeclaration(),
            "cart": ServiceDeclaration(aliases=("trolley",)),
            "checkout": ServiceDeclaration(),
        }
    )
)


def autonomy_policies() -> AutonomyPolicies:
    return AutonomyPolicies(MemoryPolicyStore(), lambda: INVENTORY)


@pytest.mark.parametrize(
    ("service", "environment"), [("Checkout ", "Production"), ("checkout", "PRD"), ("CHECKOUT", " live")]
)
def test_a_policy_is_the_same_one_however_it_is_spelled(service: str, environment: str) -> None:
    policies = autonomy_policies()
    policies.keep(POLICY, None)
    key = PolicyKey(service, POLICY.key.action, environment)
    lowered = policies.keep(replace(POLICY, key=key, ceiling=Autonomy.APPROVE), 1)
    assert lowered.key == POLICY.key
    assert policies.all() == (lowered,)


def test_a_policy_of_an_alias_is_that_of_its_service() -> None:
    key = replace(POLICY.key, service="Trolley")
    assert autonomy_policies().keep(replace(POLICY, key=key), None).key.service == "cart"


@pytest.mark.parametrize(
    ("fields", "field", "nearest"),
    [
        ({"service": "chekout"}, "service", "'checkout'"),
        ({"service": "troley"}, "service", "'trolley'"),
        ({"environment": "nowhere"}, "environment", "'"),
        ({"environment": "stagging"}, "environment", "'staging'"),
    ],
)
def test_a_policy_of_an_unknown_name_is_refused_with_the_nearest_known_one(
    fields: dict[str, str], field: str, nearest: str
) -> None:
    policies = autonomy_policies()
    with pytest.raises(BadInput) as refused:
        policies.keep(replace(POLICY, key=replace(POLICY.key, **fields)), None)
    assert refused.value.field == field
    assert f"the nearest known name is {nearest}" in refused.value.message
    assert policies.all() == ()


def test_a_stored_policy_replaces_the_version_that_it_names() -> None:
    policies = autonomy_policies()
    first = policies.keep(POLICY, None)
    second = policies.keep(replace(POLICY, min_outcomes=20), first.version)
    assert (first.version, second.version, second.min_outcomes) == (1, 2, 20)
    assert policies.all() == (second,)


def test_a_change_without_the_version_is_refused() -> None:
    policies = autonomy_policies()
    first = policies.keep(POLICY, None)
    with pytest.raises(PreconditionRequired) as refused:
        policies.keep(replace(POLICY, min_outcomes=20), None)
    assert refused.value.field == "if-match"
    assert policies.all() == (first,)


@pytest.mark.parametrize("replaces", [0, 1, 3])
def test_a_change_of_another_version_is_refused(replaces: int) -> None:
    policies = autonomy_policies()
    policies.keep(POLICY, None)
    second = policies.keep(POLICY, 1)
    with pytest.raises(PreconditionFailed, match=f"version {replaces}, but the stored version is 2"):
        policies.keep(replace(POLICY, min_outcomes=20), replaces)
    assert policies.all() == (second,)


@pytest.mark.parametrize("replaces", [0, 1])
def test_a_policy_that_does_not_exist_has_no_version_to_replace(replaces: int) -> None:
    policies = autonomy_policies()
    with pytest.raises(PreconditionFailed, match="there is no policy"):
        policies.keep(POLICY, replaces)
    assert policies.all() == ()


def demoted_policies() -> AutonomyPolicies:
    """Returns policies with one of version 2, which a failed verification demoted."""
    store = MemoryPolicyStore()
    store.keep_policy(POLICY)
    store.keep_policy(demote(POLICY, "it failed", NOON + 1))
    return AutonomyPolicies(store, lambda: INVENTORY)


def test_a_demotion_stays_until_it_is_lifted() -> None:
    policies = demoted_policies()
    stored = policies.keep(replace(POLICY, min_outcomes=20), 2)
    assert (stored.version, stored.demoted_at, stored.demoted_reason) == (3, NOON + 1, "it failed")
    lifted = policies.keep(POLICY, 3, lift_demotion=True)
    assert (lifted.version, lifted.demoted_at, lifted.demoted_reason) == (4, None, "")


def test_a_change_that_did_not_see_the_demotion_is_refused() -> None:
    with pytest.raises(PreconditionFailed):
        demoted_policies().keep(POLICY, 1, lift_demotion=True)


def test_without_a_demotion_there_is_nothing_to_lift() -> None:
    policies = autonomy_policies()
    for replaces in (None, 1):
        with pytest.raises(Conflict) as refused:
            policies.keep(POLICY, replaces, lift_demotion=True)
        assert refused.value.field == "liftDemotion"
        if replaces is None:
            policies.keep(POLICY, None)


def test_policies_are_listed_by_service_action_and_environment() -> None:
    policies = autonomy_policies()
    for service in ("cart", "basket"):
        policies.keep(replace(POLICY, key=replace(POLICY.key, service=service)), None)
    assert [one.key.service for one in policies.all()] == ["basket", "cart"]


def test_a_policy_with_a_threshold_below_the_least_is_not_stored() -> None:
    policies = autonomy_policies()
    with pytest.raises(BadInput):
        policies.keep(replace(POLICY, min_outcomes=2), None)
    assert policies.all() == ()
