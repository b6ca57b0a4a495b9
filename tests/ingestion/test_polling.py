"""Polling: missed alerts are ingested, polling after push changes nothing, and failures are recorded."""

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
from tests.fakes.sources import FixedSource
from tests.ingestion.payloads import plain, received

CLOUDWATCH = ("cloudwatch",)


def listed(service: str) -> Alert:
    (alert,) = read(plain(service), NOW)
    assert isinstance(alert, Alert)
    return replace(alert, source="cloudwatch")


def incidents(agent: Agent) -> tuple[Incident, ...]:
    return agent.store.browse(IncidentQuery()).incidents


def push(agent: Agent, *alerts: Alert) -> None:
    assert not agent.ingest(as_received(alerts)).failed


def test_an_alert_that_push_missed_becomes_an_incident() -> None:
    agent = Agent()
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [listed("checkout")])
    result = agent.sync(CLOUDWATCH, NOW)
    (incident,) = incidents(agent)
    assert result.incident_ids == (incident.id,)
    assert result.health[0].counts == {
        "listed": 1,
        "firing": 1,
        "missed": 1,
        "closed": 0,
        "unreadable": 0,
    }


def test_polling_after_push_changes_nothing() -> None:
    agent = Agent()
    push(agent, listed("checkout"), listed("search"))
    before = incidents(agent), [agent.store.load_scope(one.scope) for one in incidents(agent)]
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [listed("checkout"), listed("search")])
    result = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert (incidents(agent), [agent.store.load_scope(one.scope) for one in incidents(agent)]) == before
    assert (result.health[0].counts["missed"], result.accepted) == (0, 2)


def test_an_alert_whose_resolution_was_missed_is_resolved() -> None:
    agent = Agent()
    push(agent, listed("checkout"))
    resolved = replace(listed("checkout"), status=AlertStatus.RESOLVED, occurred_at=NOW + MINUTE)
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [resolved])
    result = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert [one.status for one in incidents(agent)] == [IncidentStatus.RESOLVED]
    assert result.health[0].counts["closed"] == 1


def test_an_alarm_that_was_deleted_while_firing_is_closed() -> None:
    agent = Agent()
    push(agent, listed("checkout"))
    other = replace(listed("search"), status=AlertStatus.RESOLVED)
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [other])
    agent.sync(CLOUDWATCH, NOW + 5 * MINUTE)
    assert [one.status for one in incidents(agent)] == [IncidentStatus.RESOLVED]


def test_an_incomplete_listing_closes_no_missing_alert_and_is_a_failure() -> None:
    agent = Agent()
    push(agent, listed("checkout"))
    incomplete = FixedSource("cloudwatch", [listed("search")], Unavailable("page 2 of 3: timeout"))
    agent.sources["cloudwatch"] = incomplete
    (health,) = agent.sync(CLOUDWATCH, NOW + 5 * MINUTE).health
    assert {one.status for one in incidents(agent)} == {IncidentStatus.OPEN}
    assert len(incidents(agent)) == 2
    assert (health.state, health.error, health.failures) == (SourceState.FAILING, "page 2 of 3: timeout", 1)


def test_a_source_without_credentials_has_a_state_and_does_not_affect_the_others() -> None:
    agent = Agent()
    agent.sources["datadog"] = FixedSource("datadog", [], KeyMissing("datadog: no apiKey"))
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [listed("checkout")])
    datadog, cloudwatch = agent.sync(("datadog", "cloudwatch"), NOW).health
    assert (datadog.state, cloudwatch.state) == (SourceState.CREDENTIALS_MISSING, SourceState.HEALTHY)
    assert len(incidents(agent)) == 1


def test_the_counts_of_the_last_success_stay_after_a_failure() -> None:
    agent = Agent()
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [listed("checkout")])
    agent.sync(CLOUDWATCH, NOW)
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [], Refused("AccessDenied"))
    agent.sync(CLOUDWATCH, NOW + MINUTE)
    (health,) = agent.sync(CLOUDWATCH, NOW + 2 * MINUTE).health
    assert (health.state, health.failures) == (SourceState.ACCESS_DENIED, 2)
    assert (health.succeeded_at, health.failed_at) == (NOW, NOW + 2 * MINUTE)
    assert health.counts["listed"] == 1


def test_polling_matches_services_to_the_catalog_as_push_does() -> None:
    agent = Agent()
    agent.application.catalog.put({"services": {"checkout": {"aliases": ["checkout-svc"]}}}, "jane", NOW)
    agent.ingest(received(plain("checkout-svc", fingerprint="f1")))
    (polled,) = read(plain("checkout-svc", fingerprint="f1"), NOW)
    assert isinstance(polled, Alert)
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [polled])
    (health,) = agent.sync(CLOUDWATCH, NOW).health
    assert health.counts["missed"] == 0
    assert incidents(agent)[0].services == ("checkout",)
