"""A scope with more open incidents than it holds: none is lost, none is resolved without its word."""

from collections import Counter
from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from cloudops.adapters.dynamodb.codec import pack
from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.ids import stable_id
from cloudops.core.retry import at_once
from cloudops.core.time import MINUTE, SECOND, EpochMillis
from cloudops.correlation.parking import Capacity, capacity_fingerprint
from cloudops.correlation.state import ParkedCounts, Resolution
from cloudops.incidents.incident import Incident, IncidentStatus
from cloudops.incidents.lifecycle import Lifecycle, Verb
from cloudops.incidents.scope_memory import ScopeMemory
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.ingest import Ingest, Report
from tests.fakes.incident_factory import NOON, SCOPE
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.people import signed_in
from tests.fakes.store import MemoryIncidentStore
from tests.fakes.time_budget import no_time

TINY = Capacity(max_bytes=2_500, max_alerts=20, max_tombstones=3, max_rows=12)
MAX_PACKED = 15_000
"""Bytes of the packed scope: 20,000 of msgpack and what one commit adds, packed to less than half."""
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED


def an_alert(number: int, at: EpochMillis, status: AlertStatus = FIRING) -> Alert:
    service = f"service-{number:04d}"
    return Alert(
        source="plain",
        fingerprint=stable_id(service),
        status=status,
        occurred_at=at,
        received_at=at,
        title=f"{service}: 5xx rate above 5 %",
        service=service,
        account=SCOPE.account,
        environment=SCOPE.environment,
        region=SCOPE.region,
        resources=(f"namespace:{service}",),
    )


class Flood:
    """A scope that takes alerts of many unrelated services."""

    def __init__(self, capacity: Capacity) -> None:
        self.store = MemoryIncidentStore()
        self._ingest: Ingest = ingest_into(self.store, capacity=capacity)

    def hears(self, *alerts: Alert) -> Report:
        report = self._ingest.process(as_received(alerts), no_time)
        assert not report.failed
        return report

    def incidents(self) -> list[Incident]:
        """Returns all incidents but the one about the scope's capacity."""
        page = self.store.browse(IncidentQuery(limit=10_000))
        return [one for one in page.incidents if not _is_own(one)]

    def own(self) -> Incident | None:
        """Returns the incident about the scope's capacity."""
        page = self.store.browse(IncidentQuery(limit=10_000))
        return next((one for one in page.incidents if _is_own(one)), None)

    @property
    def statuses(self) -> Counter[IncidentStatus]:
        return Counter(one.status for one in self.incidents())

    @property
    def parked(self) -> ParkedCounts:
        return self.store.load_scope(SCOPE).state.parked

    @property
    def size(self) -> int:
        return len(pack(self.store.load_scope(SCOPE).state))

    def open_services(self) -> set[str]:
        return {name for one in self.incidents() if one.status.is_live for name in one.services}


def _is_own(incident: Incident) -> bool:
    return any(one.fingerprint == capacity_fingerprint(SCOPE) for one in incident.samples)


def filled(services: int) -> Flood:
    """Returns a tiny scope with one open incident for each service, half a minute apart."""
    flood = Flood(TINY)
    for number in range(services):
        flood.hears(an_alert(number, NOON + number * 30 * SECOND))
    return flood


def batches(alerts: Iterable[Alert], size: int = 32) -> list[list[Alert]]:
    whole = list(alerts)
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def test_of_4000_services_that_fire_half_a_minute_apart_each_stays_open_until_its_own_alert_resolves() -> (
    None
):
    flood = Flood(Capacity(max_bytes=20_000))
    step = 30 * SECOND
    for batch in batches(an_alert(number, NOON + number * step) for number in range(4_000)):
        flood.hears(*batch)
        assert flood.size < MAX_PACKED
    assert flood.statuses == {IncidentStatus.OPEN: 4_000}
    assert all(one.firing_count == 1 for one in flood.incidents())
    assert flood.parked.incidents == flood.parked.alerts > 3_500

    start = NOON + 4_000 * step
    for batch in batches(an_alert(number, start + number * step, RESOLVED) for number in range(4_000)):
        flood.hears(*batch)
        assert flood.size < MAX_PACKED
    assert flood.statuses == {IncidentStatus.RESOLVED: 4_000}
    assert {one.resolution for one in flood.incidents()} == {Resolution.BY_SOURCE}
    assert (flood.parked.incidents, flood.parked.alerts) == (0, 0)


def test_a_repeat_of_a_parked_alert_opens_no_second_incident_and_writes_nothing() -> None:
    flood = filled(12)
    before, parked = flood.store.load_scope(SCOPE).version, flood.parked
    assert parked.incidents > 0
    flood.hears(replace(an_alert(0, NOON), started_at=NOON))
    assert (flood.store.load_scope(SCOPE).version, flood.parked) == (before, parked)
    assert len(flood.incidents()) == 12


def test_a_parked_incident_takes_the_next_alert_of_its_fingerprint_and_then_others_again() -> None:
    flood = filled(12)
    first = replace(an_alert(0, NOON + 10 * MINUTE), started_at=NOON + 10 * MINUTE)
    flood.hears(first)
    second = replace(an_alert(0, NOON + 11 * MINUTE), fingerprint="another", started_at=NOON + 11 * MINUTE)
    flood.hears(second)
    (incident,) = [one for one in flood.incidents() if one.services == ("service-0000",)]
    assert (incident.status, incident.firing_count, incident.alert_count) == (IncidentStatus.OPEN, 2, 3)


def test_a_parked_incident_that_a_person_resolves_stays_resolved() -> None:
    flood = filled(12)
    target = min(flood.incidents(), key=lambda one: one.opened_at)
    assert ScopeMemory(flood.store).load_incident(SCOPE, target.id).restored.incidents.keys() == {target.id}
    Lifecycle(flood.store, at_once).move(Verb.RESOLVE, target.id, signed_in("Ada"), NOON + 7 * MINUTE)
    flood.hears(an_alert(0, NOON + 8 * MINUTE, RESOLVED))
    after = flood.store.incidents([target.id])[target.id]
    assert (after.status, after.resolution, after.firing_count) == (
        IncidentStatus.RESOLVED,
        Resolution.BY_PERSON,
        0,
    )
    assert flood.statuses[IncidentStatus.OPEN] == 11


def test_a_parked_incident_that_a_person_acknowledges_stays_parked() -> None:
    flood = filled(12)
    target = min(flood.incidents(), key=lambda one: one.opened_at)
    before = flood.parked
    Lifecycle(flood.store, at_once).move(Verb.ACKNOWLEDGE, target.id, signed_in("Ada"), NOON + 7 * MINUTE)
    assert flood.parked == before
    flood.hears(an_alert(0, NOON + 8 * MINUTE, RESOLVED))
    assert flood.store.incidents([target.id])[target.id].resolution is Resolution.BY_SOURCE


def test_a_scope_that_begins_to_park_raises_one_incident_of_its_own_and_resolves_it_when_it_ends() -> None:
    flood = filled(20)
    own = flood.own()
    assert own is not None
    assert (own.status, own.alert_count, own.services) == (IncidentStatus.OPEN, 1, ("cloudops",))
    at = NOON + 20 * MINUTE
    for number in range(20):
        flood.hears(an_alert(number, at + number, RESOLVED))
    flood.hears(an_alert(99, at + MINUTE))
    own = flood.own()
    assert own is not None
    assert (own.status, own.resolution, own.alert_count) == (IncidentStatus.RESOLVED, Resolution.BY_SOURCE, 1)


def test_a_person_who_resolves_the_incident_about_capacity_is_not_asked_again_in_the_same_episode() -> None:
    flood = filled(20)
    own = flood.own()
    assert own is not None
    Lifecycle(flood.store, at_once).move(Verb.RESOLVE, own.id, signed_in("Ada"), NOON + 20 * MINUTE)
    flood.hears(an_alert(21, NOON + 21 * MINUTE), an_alert(22, NOON + 21 * MINUTE))
    after = flood.own()
    assert after is not None
    assert after.status is IncidentStatus.RESOLVED


def test_an_incident_with_more_alerts_than_a_scope_holds_is_resolved_by_the_last_of_them_alone() -> None:
    flood = Flood(TINY)
    alerts = [replace(an_alert(0, NOON + number), fingerprint=f"pod-{number}") for number in range(60)]
    for batch in batches(alerts, 7):
        flood.hears(*batch)
    (incident,) = flood.incidents()
    assert (incident.firing_count, incident.alert_count) == (60, 60)
    for number, alert in enumerate(alerts):
        (incident,) = flood.incidents()
        assert (incident.status, incident.firing_count) == (IncidentStatus.OPEN, 60 - number)
        flood.hears(
            replace(alert, status=RESOLVED, occurred_at=NOON + MINUTE + number, received_at=NOON + MINUTE)
        )
    assert flood.statuses == {IncidentStatus.RESOLVED: 1}


@pytest.mark.parametrize("late", [False, True])
def test_a_firing_that_is_older_than_its_resolution_opens_nothing_however_many_resolutions_came(
    late: bool,
) -> None:
    flood = Flood(TINY)
    for number in range(10):
        flood.hears(an_alert(number, NOON + MINUTE + number, RESOLVED))
    report = flood.hears(an_alert(0, NOON + (2 * MINUTE if late else 0)))
    assert len(report.incident_ids) == (1 if late else 0)
