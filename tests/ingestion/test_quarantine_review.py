"""The quarantine as an operator uses it: replay what can be read by now, throw the rest away."""

import pytest

from cloudops.alerts.alert import UnparsablePayload
from cloudops.core.errors import NotFound, Unprocessable
from cloudops.core.time import MINUTE
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.quarantine import quarantine_item
from tests.fakes.application import NOW, Agent
from tests.ingestion.payloads import plain

UNREADABLE = '{"nothing":"we know"}'


def keep(agent: Agent, payload: str) -> str:
    """An item from when no parser knew the payload."""
    unreadable = UnparsablePayload(
        source="unknown", reason="no shape", payload=payload, received_at=NOW - MINUTE
    )
    item = quarantine_item(unreadable)
    agent.quarantined.put([item])
    return item.id


def test_a_payload_that_can_be_read_by_now_becomes_an_incident_and_leaves() -> None:
    agent = Agent()
    item = keep(agent, plain("checkout"))
    submitted = agent.application.quarantine.replay(item)
    assert [incident.services for incident in submitted.incidents] == [("checkout",)]
    assert agent.application.quarantine.page(None, 10) == ((), None)


def test_a_replayed_payload_counts_as_received_when_it_came() -> None:
    agent = Agent()
    (incident,) = agent.application.quarantine.replay(keep(agent, '{"title": "no time told"}')).incidents
    assert incident.opened_at == NOW - MINUTE


def test_a_payload_that_still_cannot_be_read_stays_and_says_why() -> None:
    agent = Agent()
    item = keep(agent, UNREADABLE)
    with pytest.raises(Unprocessable, match="title is missing"):
        agent.application.quarantine.replay(item)
    assert len(agent.application.quarantine.page(None, 10)[0]) == 1


def test_a_payload_of_which_only_a_part_can_be_read_stays() -> None:
    agent = Agent()
    item = keep(agent, f"[{plain('checkout')}, {UNREADABLE}]")
    submitted = agent.application.quarantine.replay(item)
    assert submitted.accepted == 1
    assert item in [kept.id for kept in agent.application.quarantine.page(None, 10)[0]]


def test_replaying_twice_changes_nothing_more() -> None:
    agent = Agent()
    item = keep(agent, plain("checkout"))
    agent.application.quarantine.replay(item)
    keep(agent, plain("checkout"))
    agent.application.quarantine.replay(item)
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    assert incident.alert_count == 1


def test_an_item_that_is_thrown_away_is_gone() -> None:
    agent = Agent()
    item = keep(agent, UNREADABLE)
    agent.application.quarantine.remove(item)
    with pytest.raises(NotFound, match=item):
        agent.application.quarantine.remove(item)
    with pytest.raises(NotFound, match=item):
        agent.application.quarantine.replay(item)
