"""Survivors of merged incidents, and inhibition by a critical incident."""

from msgspec.structs import replace

from cloudops.alerts.alert import Severity
from cloudops.catalog.topology import Topology
from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, MINUTE
from cloudops.incidents.incident import Cause, Incident, IncidentStatus
from cloudops.incidents.queries import IncidentQueries
from cloudops.incidents.store import Commit
from tests.fakes.application import NOW, Agent
from tests.fakes.store import MemoryIncidentStore
from tests.ingestion.payloads import plain, received


def template() -> Incident:
    agent = Agent()
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    return agent.store.incidents([name])[name]


def store_with(*incidents: Incident) -> MemoryIncidentStore:
    store = MemoryIncidentStore()
    scope = incidents[0].scope
    stored = store.load_scope(scope)
    store.commit(
        Commit(scope=scope, expected_version=0, state=stored.state, batch_id="b", incidents=incidents)
    )
    return store


def merged(name: str, into: str) -> Incident:
    return replace(template(), id=name, status=IncidentStatus.MERGED, merged_into=into)


def test_a_merged_incident_is_represented_by_the_one_that_absorbed_it() -> None:
    survivor = replace(template(), id="inc_c")
    browse = IncidentQueries(store_with(merged("inc_a", "inc_b"), merged("inc_b", "inc_c"), survivor))
    assert browse.standing([IncidentId("inc_a"), IncidentId("inc_b"), IncidentId("inc_c")]) == [survivor]


def test_standing_incidents_come_newest_opened_first() -> None:
    old, new = replace(template(), id="inc_1"), replace(template(), id="inc_2", opened_at=NOW + MINUTE)
    assert [
        one.id
        for one in IncidentQueries(store_with(old, new)).standing([IncidentId("inc_1"), IncidentId("inc_2")])
    ] == [
        "inc_2",
        "inc_1",
    ]


def test_incidents_that_absorbed_each_other_end_the_search() -> None:
    assert (
        IncidentQueries(store_with(merged("inc_a", "inc_b"), merged("inc_b", "inc_a"))).standing(
            [IncidentId("inc_a")]
        )
        == []
    )


def cascade() -> tuple[IncidentQueries, Incident, Incident]:
    """Returns a critical incident of orders-db, and one of web, which depends on it, a minute later."""
    cause = replace(
        template(),
        id="inc_db",
        title="orders-db is down",
        severity=Severity.CRITICAL,
        services=("orders-db",),
        causes=(Cause("orders-db", 0.9),),
    )
    affected = replace(
        template(), id="inc_web", severity=Severity.HIGH, services=("web",), opened_at=NOW + MINUTE
    )
    graph = Topology.parse('{"web": ["orders"], "orders": ["orders-db"]}')
    return IncidentQueries(store_with(cause, affected), lambda: graph), cause, affected


def test_an_incident_names_the_critical_one_that_inhibits_it() -> None:
    browse, cause, affected = cascade()
    detail = browse.detail(affected.id, None, 10)
    assert detail.inhibited_by == cause.id
    assert detail.inhibited_reason == "depends on orders-db, the probable cause of: orders-db is down"


def test_the_inhibiting_incident_is_not_inhibited() -> None:
    browse, cause, _ = cascade()
    assert browse.detail(cause.id, None, 10).inhibited_by == ""


def test_the_firing_alerts_of_an_incident_are_those_of_their_source_s_word() -> None:
    agent = Agent()
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    browse = IncidentQueries(agent.store)
    incident = agent.store.incidents([name])[name]
    (fingerprint,) = browse.firing_alerts(incident)
    assert browse.alert_states(incident.scope)[fingerprint].firing

    agent.ingest(
        received(plain("checkout", status="no_data", startsAt="2026-01-01T00:10:00Z"), at=NOW + HOUR)
    )
    assert browse.firing_alerts(incident) == ()


def test_of_an_incident_that_the_scope_dropped_no_alert_is_known() -> None:
    agent = Agent()
    (name,) = agent.ingest(received(plain("checkout"))).incident_ids
    browse = IncidentQueries(agent.store)
    dropped = replace(agent.store.incidents([name])[name], id="inc_dropped")
    assert browse.firing_alerts(dropped) == ()
