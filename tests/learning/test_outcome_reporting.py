"""What came of an action that somebody carried out by hand."""

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


def cleared(agent: Agent, minutes: int) -> None:
    ends = f"2026-01-01T00:{minutes:02}:00Z"
    agent.ingest(received(plain("checkout", status="resolved", endsAt=ends, occurredAt=ends)))


def outcomes(agent: Agent) -> dict[Action, tuple[int, int]]:
    """Counted and cleared, by action."""
    sums = {cell.action: cell.tally.outcomes for cell in agent.store.learning.cells()}
    return {action: (one.count, one.good) for action, one in sums.items() if one != WeightedSums()}


@pytest.mark.parametrize(("told", "good"), [(True, 1), (False, 0)])
def test_while_the_incident_cannot_tell_the_person_does_and_once(told: bool, good: int) -> None:
    agent = Agent()
    offer = an_action(opened(agent))

    first = agent.application.outcomes.report(offer.id, NOW, told, "jane", NOW)
    again = agent.application.outcomes.report(offer.id, NOW, not told, "joe", NOW + 1)

    assert again == first
    assert outcomes(agent) == {offer.action: (1, good)}
    assert [entry.actor for entry in agent.store.learning.entries] == ["jane"]


def test_without_the_person_s_word_it_is_pending_until_the_window_ends() -> None:
    agent = Agent()
    offer = an_action(opened(agent))

    assert (
        agent.application.outcomes.report(offer.id, NOW, None, "jane", NOW).verdict is OutcomeVerdict.PENDING
    )
    agent.recompute.run(NOW + 29 * MINUTE)
    assert outcomes(agent) == {}
    agent.recompute.run(NOW + 31 * MINUTE)
    agent.recompute.run(NOW + 32 * MINUTE)

    assert outcomes(agent) == {offer.action: (1, 0)}


def test_the_incident_s_word_goes_before_the_person_s() -> None:
    agent = Agent()
    offer = an_action(opened(agent))
    cleared(agent, 10)

    report = agent.application.outcomes.report(offer.id, NOW, False, "jane", NOW + 20 * MINUTE)

    assert report.verdict is OutcomeVerdict.CLEARED
    assert outcomes(agent) == {offer.action: (1, 1)}


def test_what_was_taken_for_nothing_done_is_taken_back_when_somebody_says_otherwise() -> None:
    agent = Agent()
    offer = an_action(opened(agent))
    agent.recompute.run(NOW + 31 * MINUTE)
    assert outcomes(agent) == {Action.NOOP: (1, 0)}

    agent.application.outcomes.report(offer.id, NOW + MINUTE, None, "jane", NOW + 40 * MINUTE)
    agent.recompute.run(NOW + 45 * MINUTE)

    assert outcomes(agent) == {offer.action: (1, 0)}


@pytest.mark.parametrize("at", [NOW + 1, NOW - 8 * DAY])
def test_an_action_of_the_future_or_of_long_ago_is_no_outcome(at: int) -> None:
    agent = Agent()
    with pytest.raises(BadInput, match="performedAt"):
        agent.application.outcomes.report(an_action(opened(agent)).id, at, True, "jane", NOW)


def test_an_action_after_the_alerts_had_cleared_is_no_outcome() -> None:
    agent = Agent()
    offer = an_action(opened(agent))
    cleared(agent, 10)
    with pytest.raises(BadInput, match="resolved before"):
        agent.application.outcomes.report(offer.id, NOW + 15 * MINUTE, True, "jane", NOW + 20 * MINUTE)


@pytest.mark.parametrize("unknown", ["", "x", "inc_0000000000000000.noop", "."])
def test_an_outcome_of_an_unknown_suggestion_is_not_found(unknown: str) -> None:
    with pytest.raises(NotFound):
        Agent().application.outcomes.report(SuggestionId(unknown), NOW, None, "jane", NOW)
