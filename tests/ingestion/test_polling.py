"""Asking sources what the push missed: pulling after pushing changes nothing, and no failure is a crash."""

from msgspec.structs import replace

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.errors import KeyMissing, Refused, Unavailable
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.store import IncidentQuery
from cloudops.sources.health import SourceState
from tests.fakes.application import NOW, Agent
from tests.fakes.ingestion import as_received
from tests.fakes.sources import TellingSource
from tests.ingestion.payloads import plain, received

CLOUDWATCH = ("cloudwatch",)


def told(service: str) -> Alert:
    (alert,) = read(plain(service), NOW)
    assert isinstance(alert, Alert)
    return replace(alert, source="cloudwatch")


def incidents(agent: Agent) -> tuple[Incident, ...]:
    return agent.store.browse(IncidentQuery()).incidents


def pushed(agent: Agent, *alerts: Alert) -> None:
    assert not agent.ingest(as_received(alerts)).failed


def test_what_the_push_missed_becomes_an_incident() -> None:
    agent = Agent()
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [told("checkout")])
    done = agent.sync(CLOUDWATCH, NOW)
    (incident,) = incidents(agent)
    assert done.incident_ids == (incident.id,)
    assert done.health[0].counts == {
        "listed": 1,
        "firing": 1,
        "missed": 1,
        "closed": 0,
        "unreadable": 0,
    }


def test_pulling_after_pushing_changes_nothing() -> None:
    agent = Agent()
    pushed(agent, told("checkout"), told("search"))
    before = incidents(agent), [agent.store.load_scope(one.scope) for one in incidents(agent)]
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [told("checkout"), told("search")])
    done = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert (incidents(agent), [agent.store.load_scope(one.scope) for one in incidents(agent)]) == before
    assert (done.health[0].counts["missed"], done.accepted) == (0, 2)


def test_what_cleared_unseen_is_closed() -> None:
    agent = Agent()
    pushed(agent, told("checkout"))
    clear = replace(told("checkout"), status=AlertStatus.RESOLVED, occurred_at=NOW + MINUTE)
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [clear])
    done = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert [one.status for one in incidents(agent)] == [IncidentStatus.RESOLVED]
    assert done.health[0].counts["closed"] == 1


def test_an_alarm_that_was_deleted_while_it_rang_is_closed() -> None:
    agent = Agent()
    pushed(agent, told("checkout"))
    other = replace(told("search"), status=AlertStatus.RESOLVED)
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [other])
    agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert [one.status for one in incidents(agent)] == [IncidentStatus.RESOLVED]


def test_half_a_listing_closes_nothing_that_it_does_not_name_and_is_told_as_a_failure() -> None:
    agent = Agent()
    pushed(agent, told("checkout"))
    half = TellingSource("cloudwatch", [told("search")], Unavailable("page 2 of 3: timeout"))
    agent.sources["cloudwatch"] = half
    (health,) = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE).health
    assert {one.status for one in incidents(agent)} == {IncidentStatus.OPEN}
    assert len(incidents(agent)) == 2
    assert (health.state, health.error, health.failures) == (SourceState.FAILING, "page 2 of 3: timeout", 1)


def test_a_source_without_its_key_is_a_state_and_leaves_the_others_alone() -> None:
    agent = Agent()
    agent.sources["datadog"] = TellingSource("datadog", [], KeyMissing("datadog: no apiKey"))
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [told("checkout")])
    datadog, cloudwatch = agent.sync(("datadog", "cloudwatch"), NOW).health
    assert (datadog.state, cloudwatch.state) == (SourceState.CREDENTIALS_MISSING, SourceState.HEALTHY)
    assert len(incidents(agent)) == 1


def test_what_a_source_did_before_it_failed_stays_told() -> None:
    agent = Agent()
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [told("checkout")])
    agent.sync(CLOUDWATCH, NOW)
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [], Refused("AccessDenied"))
    agent.sync(CLOUDWATCH, NOW + MINUTE)
    (health,) = agent.sync(CLOUDWATCH, NOW + 2 * MINUTE).health
    assert (health.state, health.failures) == (SourceState.ACCESS_DENIED, 2)
    assert (health.succeeded_at, health.failed_at) == (NOW, NOW + 2 * MINUTE)
    assert health.counts["listed"] == 1


def test_a_pull_recognises_services_as_the_push_does() -> None:
    agent = Agent()
    agent.application.catalog.put({"services": {"checkout": {"aliases": ["checkout-svc"]}}}, "jane", NOW)
    agent.ingest(received(plain("checkout-svc", fingerprint="f1")))
    (pulled,) = read(plain("checkout-svc", fingerprint="f1"), NOW)
    assert isinstance(pulled, Alert)
    agent.sources["cloudwatch"] = TellingSource("cloudwatch", [pulled])
    (health,) = agent.sync(CLOUDWATCH, NOW).health
    assert health.counts["missed"] == 0
    assert incidents(agent)[0].services == ("checkout",)
