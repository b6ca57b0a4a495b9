"""Synchronous ingestion, and the demo alerts."""

import pytest

from cloudops.adapters.payloads.parser import read
from cloudops.alerts.alert import Alert, Scope
from cloudops.core.errors import Unavailable, Unprocessable
from cloudops.core.taxonomy import Symptom
from cloudops.core.time import MINUTE
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import StoredScope
from cloudops.ingestion.submit import SubmitAlerts
from tests.fakes.application import NOW, Agent
from tests.fakes.sources import FixedSource, SlowSync
from tests.fakes.store import MemoryIncidentStore
from tests.ingestion.payloads import plain


def test_the_caller_gets_the_incidents_with_samples_and_suggestions() -> None:
    submitted = Agent().application.submission.submit([plain("checkout").encode()], NOW)
    (incident,) = submitted.incidents
    assert submitted.accepted == 1
    assert [sample.title for sample in incident.samples] == ["checkout is failing"]
    assert incident.suggestions


def test_a_duplicate_returns_its_incident() -> None:
    agent = Agent()
    first = agent.application.submission.submit([plain("checkout").encode()], NOW)
    again = agent.application.submission.submit([plain("checkout").encode()], NOW)
    assert again.incidents == first.incidents
    assert again.accepted == 1


def test_an_unparsable_payload_is_named_by_its_index() -> None:
    submitted = Agent().application.submission.submit([plain("a").encode(), b"7", plain("b").encode()], NOW)
    assert [(one.index, one.item.unreadable.payload) for one in submitted.refused] == [(1, "7")]
    assert submitted.accepted == 2


def test_a_request_without_a_parsable_payload_is_unprocessable_and_names_the_first() -> None:
    with pytest.raises(Unprocessable) as raised:
        Agent().application.submission.submit([b"7", b"8"], NOW)
    assert raised.value.field == "alerts[0]"


def test_an_event_that_is_not_an_alert_is_unprocessable() -> None:
    confirmation = b'{"Type": "SubscriptionConfirmation", "Message": "x"}'
    with pytest.raises(Unprocessable, match="it carries no alert"):
        Agent().application.submission.submit([confirmation], NOW)


def test_a_failing_store_is_an_error_of_the_request() -> None:
    class Down(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            raise Unavailable("no answer")

    with pytest.raises(Unavailable):
        Agent(Down()).application.submission.submit([plain("checkout").encode()], NOW)


def test_an_empty_request_without_demo_alerts_polls_the_sources() -> None:
    agent = Agent()
    (alert,) = read(plain("checkout"), NOW)
    assert isinstance(alert, Alert)
    agent.sources["cloudwatch"] = FixedSource("cloudwatch", [alert])
    first, again = (agent.application.submission.submit([], NOW) for _ in range(2))
    assert [incident.services for incident in first.incidents] == [("checkout",)]
    assert (first.accepted, again.accepted) == (1, 1)
    assert again.incidents == first.incidents


def test_sources_that_take_too_long_are_an_error() -> None:
    agent = Agent()
    submit = SubmitAlerts(
        agent.ingestion,
        agent.application.incidents,
        None,
        SlowSync(),
        start_timer=agent.start_timer,
    )
    with pytest.raises(Unavailable):
        submit.submit([], NOW)


def test_the_demo_alerts_are_an_outage_a_slow_service_and_two_warnings() -> None:
    submitted = Agent(mock_adapters=True).application.submission.submit([], NOW)
    services = {incident.services: incident.alert_count for incident in submitted.incidents}
    assert services == {("checkout",): 3, ("search",): 1, ("reports",): 1, ("static-site",): 1}
    assert submitted.refused == ()
    symptoms = {incident.services[0]: incident.symptom for incident in submitted.incidents}
    assert symptoms["search"] is Symptom.LATENCY
    assert symptoms["reports"] is Symptom.DISK
    assert symptoms["static-site"] is Symptom.CERTIFICATE


def test_the_demo_alerts_are_of_both_sources_and_in_one_scope() -> None:
    submitted = Agent(mock_adapters=True).application.submission.submit([], NOW)
    sources = {sample.source for incident in submitted.incidents for sample in incident.samples}
    assert sources == {"cloudwatch", "datadog"}
    assert {incident.scope for incident in submitted.incidents} == {
        Scope("111122223333", "prod", "eu-central-1")
    }


def test_repeated_demo_alerts_belong_to_the_same_open_incidents() -> None:
    agent = Agent(mock_adapters=True)
    first = agent.application.submission.submit([], NOW)
    again = agent.application.submission.submit([], NOW + 10 * MINUTE)
    assert {one.id for one in again.incidents} == {one.id for one in first.incidents}
    assert {one.status for one in again.incidents} == {IncidentStatus.OPEN}
