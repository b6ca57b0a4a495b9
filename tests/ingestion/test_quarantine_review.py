"""Quarantine items that an operator replays or deletes."""

import pytest

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.errors import NotFound, Unprocessable
from cloudops.core.time import MINUTE
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.quarantine import quarantine_item
from tests.fakes.application import NOW, Agent
from tests.ingestion.payloads import plain

UNREADABLE = '{"nothing":"known"}'


def quarantine(agent: Agent, payload: str) -> str:
    """Puts a payload into quarantine, and returns the id of the item."""
    unreadable = UnparsablePayload(
        source="unknown", reason="no shape", payload=payload, received_at=NOW - MINUTE
    )
    item = quarantine_item(unreadable)
    agent.quarantined.put([item])
    return item.id


def test_a_payload_that_parses_now_becomes_an_incident_and_leaves_quarantine() -> None:
    agent = Agent()
    item = quarantine(agent, plain("checkout"))
    submitted = agent.application.quarantine.replay(item)
    assert [incident.services for incident in submitted.incidents] == [("checkout",)]
    assert agent.application.quarantine.page(None, 10) == ((), None)


def test_a_replayed_payload_keeps_the_time_of_its_first_arrival() -> None:
    agent = Agent()
    item = quarantine(agent, '{"title": "without a time"}')
    (incident,) = agent.application.quarantine.replay(item).incidents
    assert incident.opened_at == NOW - MINUTE


def test_a_payload_that_still_does_not_parse_stays_with_the_reason() -> None:
    agent = Agent()
    item = quarantine(agent, UNREADABLE)
    with pytest.raises(Unprocessable, match="title is missing"):
        agent.application.quarantine.replay(item)
    assert len(agent.application.quarantine.page(None, 10)[0]) == 1


def test_a_payload_that_parses_in_part_stays_in_quarantine() -> None:
    agent = Agent()
    item = quarantine(agent, f"[{plain('checkout')}, {UNREADABLE}]")
    submitted = agent.application.quarantine.replay(item)
    assert submitted.accepted == 1
    assert item in [one.id for one in agent.application.quarantine.page(None, 10)[0]]


def test_a_second_replay_changes_nothing() -> None:
    agent = Agent()
    item = quarantine(agent, plain("checkout"))
    agent.application.quarantine.replay(item)
    quarantine(agent, plain("checkout"))
    agent.application.quarantine.replay(item)
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    assert incident.alert_count == 1


def test_a_deleted_item_is_not_found() -> None:
    agent = Agent()
    item = quarantine(agent, UNREADABLE)
    agent.application.quarantine.remove(item)
    with pytest.raises(NotFound, match=item):
        agent.application.quarantine.remove(item)
    with pytest.raises(NotFound, match=item):
        agent.application.quarantine.replay(item)
