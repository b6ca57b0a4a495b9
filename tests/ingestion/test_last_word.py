"""Against a simple model: an alert's incident is open if, and only if, its source's last word is firing.

Firings, repeats, resolutions and alerts that are gone arrive in any order, twice, with wrong clocks, from
more services than the scope has room for."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.alerts.clock import bound_times
from cloudops.core.time import DAY, MINUTE, SECOND, EpochMillis
from cloudops.correlation.parking import Capacity, capacity_fingerprint
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import IncidentQuery
from cloudops.ingestion.ingest import Ingest
from tests.fakes.incident_factory import NOON, SCOPE
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.store import MemoryIncidentStore
from tests.fakes.time_budget import no_time

ROOM_FOR_TWO = Capacity(max_bytes=900, max_alerts=4, max_tombstones=1, max_rows=6)
SERVICES = 5
LEADS = (0, 0, 0, 0, -MINUTE, 30 * SECOND, 2 * DAY, 73 * 365 * DAY)
"""How far a source's clock is ahead of ours: mostly right, sometimes a little off, sometimes far ahead."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a source says; `delay` is how long the message takes."""

    service: int
    status: AlertStatus
    after: int
    lead: int
    delay: int
    names_its_start: bool


EVENTS = st.lists(
    st.builds(
        Event,
        service=st.integers(0, SERVICES - 1),
        status=st.sampled_from([AlertStatus.FIRING] * 3 + [AlertStatus.RESOLVED] * 2 + [AlertStatus.GONE]),
        after=st.integers(1, 4 * MINUTE),
        lead=st.sampled_from(LEADS),
        delay=st.sampled_from([0, 0, 0, SECOND, 3 * MINUTE]),
        names_its_start=st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def messages(events: list[Event]) -> list[Alert]:
    """Returns the alerts in the order of their receipt, which the delays may change."""
    now = NOON
    alerts = []
    for event in events:
        now += event.after
        fires = event.status is AlertStatus.FIRING
        alerts.append(
            Alert(
                source="plain",
                fingerprint=f"alert-{event.service}",
                status=event.status,
                occurred_at=now + event.lead,
                received_at=now + event.delay,
                started_at=now + event.lead if fires and event.names_its_start else None,
                title=f"service-{event.service}: 5xx rate above 5 %",
                service=f"service-{event.service}",
                resources=(f"namespace:service-{event.service}",),
                account=SCOPE.account,
                environment=SCOPE.environment,
                region=SCOPE.region,
            )
        )
    return sorted(alerts, key=lambda alert: alert.received_at)


@dataclass(slots=True)
class Model:
    """The last word of each source, by bounded time; of two at one time, the one that arrived later."""

    words: dict[str, tuple[EpochMillis, bool]] = field(default_factory=dict)

    def hears(self, received: Alert) -> None:
        alert = bound_times(received)
        known = self.words.get(alert.fingerprint)
        if known is None or alert.occurred_at >= known[0]:
            self.words[alert.fingerprint] = (alert.occurred_at, alert.is_firing)

    @property
    def firing(self) -> set[str]:
        return {name for name, (_, fires) in self.words.items() if fires}


def stored_firing(store: MemoryIncidentStore) -> set[str]:
    """Returns the alerts of open incidents; each of them has at most one."""
    own = capacity_fingerprint(SCOPE)
    live = [one for one in store.browse(IncidentQuery(limit=1_000)).incidents if one.status.is_live]
    names = [one.services[0].replace("service", "alert") for one in live if own not in _names(one.samples)]
    assert len(names) == len(set(names)), "two open incidents of one alert"
    return set(names)


def _names(samples: tuple[object, ...]) -> set[str]:
    return {getattr(one, "fingerprint", "") for one in samples}


def process(ingest: Ingest, alerts: list[Alert]) -> None:
    assert not ingest.process(as_received(alerts), no_time).failed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=EVENTS, size=st.integers(1, 4), repeats=st.lists(st.integers(0, 24), max_size=6))
def test_an_incident_is_open_exactly_while_its_sources_last_word_is_firing(
    events: list[Event], size: int, repeats: list[int]
) -> None:
    store, model = MemoryIncidentStore(), Model()
    ingest = ingest_into(store, capacity=ROOM_FOR_TWO)
    alerts = messages(events)
    alerts += [alerts[position] for position in repeats if position < len(alerts)]
    for start in range(0, len(alerts), size):
        batch = alerts[start : start + size]
        process(ingest, batch)
        for alert in sorted(batch, key=lambda one: bound_times(one).occurred_at):
            model.hears(alert)
    assert stored_firing(store) == model.firing
    resolved = [one for one in store.browse(IncidentQuery(limit=1_000)).incidents if not one.status.is_live]
    assert all(one.firing_count == 0 for one in resolved if one.status is IncidentStatus.RESOLVED)
    assert all(one.resolution is not None for one in resolved if one.status is IncidentStatus.RESOLVED)
