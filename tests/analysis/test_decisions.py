"""Reasons of the proposed actions."""

import pytest

from cloudops.analysis.rules import default_rules
from cloudops.core.taxonomy import Action, Symptom
from tests.analysis.cases import described, read


def test_each_proposal_has_its_own_reason() -> None:
    analysis = read(described("checkout 5xx rate high", service="checkout"))
    assert [(proposal.action, *proposal.evidence) for proposal in analysis.proposals] == [
        ("rollback", "errors of own code are most often brought by the last release"),
        (
            "noop",
            "a person should look: the errors may come from what it calls, and end only when that recovers",
        ),
        ("restart_pods", "if only some instances fail, new ones may come up clean"),
    ]


@pytest.mark.parametrize("symptom", Symptom)
def test_every_action_has_a_reason_of_its_own_for_every_symptom(symptom: Symptom) -> None:
    reasons = default_rules().reasons_on[symptom]
    assert set(reasons) == set(Action)
    assert len(set(reasons.values())) == len(Action)
