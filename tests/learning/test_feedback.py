"""Votes: one for each person and suggestion; a vote can be changed and is on the timeline."""

import pytest

from cloudops.core.errors import NotFound
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import TimelineKind
from tests.fakes.application import NOW, Agent
from tests.fakes.people import signed_in
from tests.ingestion.payloads import plain, received


def suggestion(agent: Agent) -> str:
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name].suggestions[0].id


def votes(agent: Agent, suggestion_id: str) -> list[tuple[str, int]]:
    detail = agent.store.detail(IncidentId(suggestion_id.partition(".")[0]))
    return [(one.person, one.value) for one in detail.feedback]


def test_each_person_has_one_vote_on_a_suggestion() -> None:
    agent = Agent()
    suggestion_id = suggestion(agent)
    agent.application.feedback.record(SuggestionId(suggestion_id), 1, "", signed_in("jane"), NOW)
    agent.application.feedback.record(SuggestionId(suggestion_id), 1, "", signed_in("joe"), NOW + MINUTE)
    agent.application.feedback.record(
        SuggestionId(suggestion_id), -1, "", signed_in("jane"), NOW + 2 * MINUTE
    )
    assert sorted(votes(agent, suggestion_id)) == [("jane", -1), ("joe", 1)]


def test_a_repeated_vote_returns_the_same_id_and_adds_no_entry() -> None:
    agent = Agent()
    suggestion_id = suggestion(agent)
    first = agent.application.feedback.record(
        SuggestionId(suggestion_id), 1, "it did", signed_in("jane"), NOW
    )
    again = agent.application.feedback.record(
        SuggestionId(suggestion_id), 1, "it did", signed_in("jane"), NOW + MINUTE
    )
    assert again == first
    timeline = agent.store.detail(first.incident_id).timeline
    assert [entry.kind for entry in timeline].count(TimelineKind.FEEDBACK) == 1


def test_a_vote_is_on_the_timeline_with_its_person() -> None:
    agent = Agent()
    suggestion_id = suggestion(agent)
    feedback = agent.application.feedback.record(
        SuggestionId(suggestion_id), -1, "", signed_in("jane"), NOW + MINUTE
    )
    entry = agent.store.detail(feedback.incident_id).timeline[-1]
    action = suggestion_id.partition(".")[2]
    assert (entry.actor, entry.text) == ("jane", f"jane found {action} not helpful")


@pytest.mark.parametrize("unknown", ["nothing", "inc_0000000000000000.noop", "inc_.", "."])
def test_a_vote_on_an_unknown_suggestion_is_not_found(unknown: str) -> None:
    with pytest.raises(NotFound):
        Agent().application.feedback.record(SuggestionId(unknown), 1, "", signed_in("jane"), NOW)


def test_a_person_has_one_vote_under_whatever_name() -> None:
    agent = Agent()
    suggestion_id = suggestion(agent)
    agent.application.feedback.record(SuggestionId(suggestion_id), 1, "", signed_in("ada", sub="7f3c"), NOW)
    agent.application.feedback.record(
        SuggestionId(suggestion_id), -1, "", signed_in("Ada Lovelace", sub="7f3c"), NOW + MINUTE
    )
    assert votes(agent, suggestion_id) == [("Ada Lovelace", -1)]


def test_two_people_of_one_name_have_two_votes() -> None:
    agent = Agent()
    suggestion_id = suggestion(agent)
    for sub in ("7f3c", "91d0"):
        agent.application.feedback.record(SuggestionId(suggestion_id), 1, "", signed_in("Ada", sub=sub), NOW)
    assert votes(agent, suggestion_id) == [("Ada", 1), ("Ada", 1)]
