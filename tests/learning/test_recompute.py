"""A recompute changes confidence and the ranking of suggestions by votes and outcomes."""

from msgspec.structs import replace

from cloudops.core.errors import Unavailable
from cloudops.core.taxonomy import Action
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Incident
from cloudops.incidents.lifecycle import Verb
from cloudops.incidents.suggestion import ActionSuggestion
from cloudops.incidents.suggestion_ranking import differs_visibly
from tests.fakes.application import NOW, Agent
from tests.fakes.people import signed_in
from tests.ingestion.payloads import plain, received


def incident_of(agent: Agent, service: str) -> Incident:
    """Opens an incident of the service, and returns it."""
    (name,) = agent.ingest(received(plain(service))).incident_ids
    return agent.store.incidents([name])[name]


def stored(agent: Agent, incident: Incident) -> Incident:
    return agent.store.incidents([incident.id])[incident.id]


def suggestion_for(incident: Incident, action: Action) -> ActionSuggestion:
    return next(one for one in incident.suggestions if one.action is action)


def vote(agent: Agent, suggestion: ActionSuggestion, value: int, people: int) -> None:
    for person in range(people):
        agent.application.feedback.record(
            suggestion.id, 1 if value > 0 else -1, "", signed_in(f"person-{person}"), NOW
        )


def test_votes_change_the_ranking_of_an_open_incident_after_a_recompute() -> None:
    agent = Agent()
    before = incident_of(agent, "checkout")
    first, *_, last = before.suggestions
    vote(agent, first, -1, 20)
    vote(agent, last, 1, 20)
    assert stored(agent, before).suggestions == before.suggestions

    result = agent.recompute.run(NOW)

    after = stored(agent, before).suggestions
    assert (result.cells, result.changed, result.reranked) == (2, True, 1)
    assert after[0].action is last.action
    assert (after[0].votes, after[0].confidence > 0.7) == (20, True)
    assert after[0].rationale.startswith("20 of 20 helped for ")
    assert suggestion_for(stored(agent, before), first.action).confidence < 0.3


def test_a_second_recompute_changes_nothing() -> None:
    agent = Agent()
    vote(agent, incident_of(agent, "checkout").suggestions[0], 1, 3)
    agent.recompute.run(NOW)
    commits = sum(len(some) for some in agent.store._commits.values())

    result = agent.recompute.run(NOW + MINUTE)

    assert (result.changed, result.reranked) == (False, 0)
    assert sum(len(some) for some in agent.store._commits.values()) == commits


def test_a_new_incident_uses_the_learned_levels() -> None:
    agent = Agent()
    first = incident_of(agent, "checkout")
    vote(agent, first.suggestions[-1], 1, 20)
    agent.recompute.run(NOW)
    agent.now += 2 * MINUTE

    learned = suggestion_for(incident_of(agent, "cart"), first.suggestions[-1].action)

    without_votes = suggestion_for(incident_of(Agent(), "cart"), learned.action)
    assert learned.confidence > without_votes.confidence
    assert "across services" in learned.rationale


def test_levels_are_read_once_a_minute_and_stay_if_they_cannot_be_read() -> None:
    agent = Agent()
    vote(agent, incident_of(agent, "checkout").suggestions[0], 1, 3)
    agent.recompute.run(NOW)
    agent.now += MINUTE
    known = agent.levels.current()
    assert [tally.votes.count for tally, _ in known.cells.values()] == [3]

    agent.store.learning.fails = Unavailable("no answer")
    assert agent.levels.current() is known
    agent.now += MINUTE
    assert agent.levels.current() is known


def test_an_incident_without_any_action_counts_once_as_noop() -> None:
    agent = Agent()
    incident = incident_of(agent, "checkout")
    later = incident.opened_at + 31 * MINUTE

    assert [
        agent.recompute.run(later).no_action_outcomes,
        agent.recompute.run(later + 1).no_action_outcomes,
    ] == [1, 0]
    (cell,) = agent.store.learning.cells()
    assert (cell.action, cell.tally.outcomes.count, cell.tally.outcomes.good) == (Action.NOOP, 1, 0)


def test_an_acknowledged_incident_does_not_count_as_noop() -> None:
    agent = Agent()
    incident = incident_of(agent, "checkout")
    agent.application.lifecycle.move(Verb.ACKNOWLEDGE, incident.id, signed_in("jane"), NOW)

    assert agent.recompute.run(incident.opened_at + 31 * MINUTE).no_action_outcomes == 0


def test_the_history_has_one_entry_for_each_day() -> None:
    agent = Agent()
    vote(agent, incident_of(agent, "checkout").suggestions[0], 1, 3)
    agent.recompute.run(NOW)
    agent.recompute.run(NOW + MINUTE)

    (day,) = agent.store.learning.days("2026-01-01")
    assert (day.date, [cell.votes for cell in day.cells]) == ("2026-01-01", [3])


def test_a_change_below_one_percentage_point_is_not_written() -> None:
    agent = Agent()
    incident = incident_of(agent, "checkout")
    first = incident.suggestions[0]
    nearly = replace(first, confidence=first.confidence + 0.004)

    assert not differs_visibly([first], [nearly])
    assert differs_visibly([first], [replace(first, confidence=first.confidence + 0.005)])
