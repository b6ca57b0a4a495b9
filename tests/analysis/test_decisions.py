"""Why each action is proposed, beside the others."""

import pytest

from cloudops.analysis.rules import default_rules
from cloudops.core.taxonomy import Action, Symptom
from tests.analysis.cases import described, read


def test_each_proposal_says_why_just_this_action() -> None:
    found = read(described("checkout 5xx rate high", service="checkout"))
    assert [(proposal.action, *proposal.evidence) for proposal in found.proposals] == [
        ("rollback", "errors of own code are most often brought by the last release"),
        (
            "noop",
            "a person should look: the errors may come from what it calls, and end only when that recovers",
        ),
        ("restart_pods", "if only some instances fail, new ones may come up clean"),
    ]


@pytest.mark.parametrize("symptom", Symptom)
def test_every_action_has_a_reason_of_its_own_for_every_symptom(symptom: Symptom) -> None:
    told = default_rules().reasons_on[symptom]
    assert set(told) == set(Action)
    assert len(set(told.values())) == len(Action)
