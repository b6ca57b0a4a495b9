"""Reported outcomes of actions that a person performed outside of CloudOps."""

import pytest

from cloudops.confidence.observations import WeightedSums
from cloudops.core.errors import BadInput, NotFound
from cloudops.core.ids import SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.core.time import DAY, MINUTE
from cloudops.incidents.incident import Incident
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.learning.outcomes import OutcomeVerdict
from tests.fakes.application import NOW, Agent
from tests.ingestion.payloads import plain, received


def opened(agent: Agent) -> Incident:
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name]


def an_action(incident: Incident) -> ActionSuggestion:
    return next(one for one in incident.suggestions if one.action is not Action.NOOP)


def resolve(agent: Agent, minutes: int) -> None:
    ends = f"2026-01-01T00:{minutes:02}:00Z"
    agent.ingest(received(plain("checkout", status="resolved", endsAt=ends, occurredAt=ends)))


def outcomes(agent: Agent) -> dict[Action, tuple[int, int]]:
    """Returns the number of outcomes and of good ones, by action."""
    sums = {cell.action: cell.tally.outcomes for cell in agent.store.learning.cells()}
    return {action: (one.count, one.good) for action, one in sums.items() if one != WeightedSums()}


@pytest.mark.parametrize(("helped", "good"), [(True, 1), (False, 0)])
def test_while_the_alerts_fire_the_first_report_of_a_person_counts(helped: bool, good: int) -> None:
    agent = Agent()
    suggestion = an_action(opened(agent))

    first = agent.application.outcomes.report(suggestion.id, NOW, helped, "jane", NOW)
    again = agent.application.outcomes.report(suggestion.id, NOW, not helped, "joe", NOW + 1)

    assert again == first
    assert outcomes(agent) == {suggestion.action: (1, good)}
    assert [entry.actor for entry in agent.store.learning.entries] == ["jane"]


def test_without_a_verdict_the_outcome_is_pending_until_the_window_ends() -> None:
    agent = Agent()
    suggestion = an_action(opened(agent))

    assert (
        agent.application.outcomes.report(suggestion.id, NOW, None, "jane", NOW).verdict
        is OutcomeVerdict.PENDING
    )
    agent.recompute.run(NOW + 29 * MINUTE)
    assert outcomes(agent) == {}
    agent.recompute.run(NOW + 31 * MINUTE)
    agent.recompute.run(NOW + 32 * MINUTE)

    assert outcomes(agent) == {suggestion.action: (1, 0)}


def test_the_state_of_the_incident_overrides_the_report_of_the_person() -> None:
    agent = Agent()
    suggestion = an_action(opened(agent))
    resolve(agent, 10)

    report = agent.application.outcomes.report(suggestion.id, NOW, False, "jane", NOW + 20 * MINUTE)

    assert report.verdict is OutcomeVerdict.CLEARED
    assert outcomes(agent) == {suggestion.action: (1, 1)}


def test_a_counted_noop_is_removed_when_an_action_is_reported_later() -> None:
    agent = Agent()
    suggestion = an_action(opened(agent))
    agent.recompute.run(NOW + 31 * MINUTE)
    assert outcomes(agent) == {Action.NOOP: (1, 0)}

    agent.application.outcomes.report(suggestion.id, NOW + MINUTE, None, "jane", NOW + 40 * MINUTE)
    agent.recompute.run(NOW + 45 * MINUTE)

    assert outcomes(agent) == {suggestion.action: (1, 0)}


@pytest.mark.parametrize("at", [NOW + 1, NOW - 8 * DAY])
def test_an_action_in_the_future_or_long_ago_is_rejected(at: int) -> None:
    agent = Agent()
    with pytest.raises(BadInput, match="performedAt"):
        agent.application.outcomes.report(an_action(opened(agent)).id, at, True, "jane", NOW)


def test_an_action_after_the_alerts_resolved_is_rejected() -> None:
    agent = Agent()
    suggestion = an_action(opened(agent))
    resolve(agent, 10)
    with pytest.raises(BadInput, match="resolved before"):
        agent.application.outcomes.report(suggestion.id, NOW + 15 * MINUTE, True, "jane", NOW + 20 * MINUTE)


@pytest.mark.parametrize("unknown", ["", "x", "inc_0000000000000000.noop", "."])
def test_an_outcome_of_an_unknown_suggestion_is_not_found(unknown: str) -> None:
    with pytest.raises(NotFound):
        Agent().application.outcomes.report(SuggestionId(unknown), NOW, None, "jane", NOW)
