"""One alert with a wrong clock changes nothing for any other alert of its scope, and can end itself."""

import pytest
from msgspec.structs import replace

from cloudops.alerts.alert import Alert, AlertStatus
from cloudops.core.time import DAY, MINUTE, EpochMillis
from cloudops.correlation.decision import Decision, Reason
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import IncidentQuery
from tests.fakes.incident_factory import NOON, SCOPE
from tests.fakes.ingestion import as_received, ingest_into
from tests.fakes.store import MemoryIncidentStore
from tests.fakes.time_budget import no_time

AHEAD = [pytest.param(2 * DAY, id="two days"), pytest.param(73 * 365 * DAY, id="73 years")]
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED


def an_alert(service: str, at: EpochMillis, status: AlertStatus = FIRING, lead: int = 0) -> Alert:
    """Returns an alert received at `at`, whose source's clock is ahead by `lead`."""
    return Alert(
        source="plain",
        fingerprint=service,
        status=status,
        occurred_at=at + lead,
        received_at=at,
        started_at=at + lead if status is FIRING else None,
        title=f"{service}: 5xx rate above 5 %",
        service=service,
        resources=(f"namespace:{service}",),
        account=SCOPE.account,
        environment=SCOPE.environment,
        region=SCOPE.region,
    )


class Clockwork:
    def __init__(self) -> None:
        self.store = MemoryIncidentStore()
        self._ingest = ingest_into(self.store)

    def hears(self, alert: Alert) -> Decision:
        report = self._ingest.process(as_received([alert]), no_time)
        (decision,) = report.outcomes[0].decisions
        return decision

    def statuses(self, service: str) -> list[IncidentStatus]:
        page = self.store.browse(IncidentQuery(limit=100))
        return [one.status for one in page.incidents if one.services == (service,)]


@pytest.mark.parametrize("lead", AHEAD)
def test_an_alert_that_flaps_beside_it_stays_one_incident(lead: int) -> None:
    clockwork = Clockwork()
    clockwork.hears(an_alert("odd", NOON, lead=lead))
    for turn in range(5):
        at = NOON + 4 * MINUTE * turn
        clockwork.hears(an_alert("cart", at))
        clockwork.hears(an_alert("cart", at + 2 * MINUTE, RESOLVED))
    assert clockwork.statuses("cart") == [IncidentStatus.RESOLVED]


@pytest.mark.parametrize("lead", AHEAD)
def test_a_firing_that_arrives_after_its_resolution_is_stale_beside_it(lead: int) -> None:
    clockwork = Clockwork()
    clockwork.hears(an_alert("odd", NOON, lead=lead))
    clockwork.hears(an_alert("cart", NOON + 2 * MINUTE, RESOLVED))
    late = replace(an_alert("cart", NOON + MINUTE), received_at=NOON + 3 * MINUTE)
    assert clockwork.hears(late).reason is Reason.STALE
    assert clockwork.statuses("cart") == []


@pytest.mark.parametrize("lead", AHEAD)
@pytest.mark.parametrize("is_corrected", [False, True])
def test_the_alert_itself_resolves_whether_its_clock_was_corrected_or_not(
    lead: int, is_corrected: bool
) -> None:
    clockwork = Clockwork()
    clockwork.hears(an_alert("odd", NOON, lead=lead))
    clockwork.hears(an_alert("odd", NOON + MINUTE, RESOLVED, lead=0 if is_corrected else lead))
    assert clockwork.statuses("odd") == [IncidentStatus.RESOLVED]


@pytest.mark.parametrize("lead", AHEAD)
def test_its_repeats_are_the_same_firing(lead: int) -> None:
    clockwork = Clockwork()
    first = an_alert("odd", NOON, lead=lead)
    clockwork.hears(first)
    again = replace(first, received_at=NOON + 5 * MINUTE)
    assert clockwork.hears(again).reason is Reason.SAME_ALERT
    (incident,) = clockwork.store.browse(IncidentQuery()).incidents
    assert (incident.alert_count, incident.opened_at) == (1, NOON)


def test_an_old_date_expires_no_other_alert() -> None:
    clockwork = Clockwork()
    clockwork.hears(an_alert("cart", NOON))
    clockwork.hears(an_alert("cart", NOON + MINUTE, RESOLVED))
    clockwork.hears(an_alert("odd", NOON + 2 * MINUTE, lead=-300 * DAY))
    assert clockwork.hears(an_alert("cart", NOON + 3 * MINUTE)).reason is Reason.SAME_ALERT
    assert clockwork.statuses("cart") == [IncidentStatus.OPEN]
