"""Recording of changes, and suspect changes of the incidents after them."""

import json

import pytest

from cloudops.catalog.declaration import parse_catalog
from cloudops.changes.change import Change, ChangeKind, ChangeState
from cloudops.core.errors import Unavailable
from cloudops.core.taxonomy import Action
from cloudops.core.time import HOUR, MINUTE, EpochMillis
from cloudops.incidents.incident import Incident
from cloudops.incidents.store import IncidentQuery
from tests.fakes.application import NOW, Agent
from tests.ingestion.payloads import plain, received

SHOP = parse_catalog(
    {
        "services": {
            "web": {"calls": ["checkout"]},
            "checkout": {"aliases": ["checkout-svc"], "calls": ["payments"]},
            "payments": {},
        }
    }
)


def deployed(service: str = "checkout", at: EpochMillis = NOW - 4 * MINUTE) -> Change:
    return Change(
        id=f"d-{service}",
        source="codedeploy",
        kind=ChangeKind.DEPLOYMENT,
        state=ChangeState.SUCCEEDED,
        at=at,
        title=f"deployment of {service}",
        service=service,
        version="v42",
    )


def errors(service: str = "checkout") -> str:
    return plain(service, title="5xx error rate above 5%", severity="high")


def the_incident(agent: Agent) -> Incident:
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    return incident


def codedeploy(at: str = "2025-12-31T23:56:00Z") -> str:
    return json.dumps(
        {
            "version": "0",
            "id": "e1",
            "detail-type": "CodeDeploy Deployment State-change Notification",
            "source": "aws.codedeploy",
            "account": "",
            "region": "",
            "time": at,
            "resources": [],
            "detail": {
                "application": "checkout",
                "deploymentGroup": "checkout",
                "deploymentId": "d-ABC",
                "state": "SUCCESS",
            },
        }
    )


def test_errors_right_after_a_deployment_suggest_its_rollback_with_evidence() -> None:
    agent = Agent(catalog=SHOP)
    agent.take_changes.record([deployed()])
    agent.ingest(received(errors()))
    incident = the_incident(agent)
    assert [note.id for note in incident.changes] == ["d-checkout"]
    assert incident.suggestions[0].action is Action.ROLLBACK
    line = "change: deployment v42 of checkout ended 4 min before: checkout itself"
    assert line in incident.suggestions[0].evidence


def test_the_same_errors_without_a_change_make_a_rollback_less_likely() -> None:
    after, without = Agent(catalog=SHOP), Agent(catalog=SHOP)
    after.take_changes.record([deployed()])
    without.take_changes.record([deployed(at=NOW - 20 * HOUR)])
    confidences = []
    for agent in (after, without):
        agent.ingest(received(errors()))
        suggestions = the_incident(agent).suggestions
        confidences.append(next(one.confidence for one in suggestions if one.action is Action.ROLLBACK))
    assert confidences[0] > 2 * confidences[1]


def test_a_change_and_its_alert_in_one_batch_are_related() -> None:
    agent = Agent(catalog=SHOP)
    report = agent.ingest(received(errors(), codedeploy()))
    assert (report.alerts, report.changes, report.failed) == (1, 1, ())
    assert [note.service for note in the_incident(agent).changes] == ["checkout"]


def test_a_change_is_stored_with_the_canonical_name_of_its_service() -> None:
    agent = Agent(catalog=SHOP)
    (stored,) = agent.take_changes.record([deployed("Checkout-SVC")])
    assert stored.service == "checkout"


def test_a_change_of_a_dependency_is_shown_with_its_reason() -> None:
    agent = Agent(catalog=SHOP)
    agent.take_changes.record([deployed("payments")])
    agent.ingest(received(errors("checkout")))
    (note,) = the_incident(agent).changes
    assert (note.service, note.reason) == ("payments", "checkout calls payments")


def test_a_change_that_is_reported_after_the_alerts_is_shown_with_the_incident() -> None:
    agent = Agent(catalog=SHOP)
    agent.ingest(received(errors()))
    incident = the_incident(agent)
    assert incident.changes == ()
    agent.take_changes.record([deployed()])
    detail = agent.application.incidents.detail(incident.id, None, 10)
    assert [note.id for note in detail.incident.changes] == ["d-checkout"]


def test_changes_that_cannot_be_stored_are_redelivered_and_delay_no_alert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = Agent(catalog=SHOP)

    def down(changes: object) -> None:
        raise Unavailable("no answer")

    monkeypatch.setattr(agent.change_store, "record", down)
    report = agent.ingest(received(errors(), codedeploy()))
    assert [outcome.ref for outcome in report.failed] == ["m1"]
    assert report.alerts == 1


def test_changes_that_cannot_be_read_delay_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(catalog=SHOP)
    agent.take_changes.record([deployed()])

    def down(at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        raise Unavailable("no answer")

    monkeypatch.setattr(agent.change_store, "since", down)
    assert agent.ingest(received(errors())).failed == ()


def test_a_storm_of_incidents_reads_the_changes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(catalog=SHOP)
    agent.take_changes.record([deployed()])
    reads: list[EpochMillis] = []
    since = agent.change_store.since

    def counted(at: EpochMillis, until: EpochMillis | None = None) -> tuple[Change, ...]:
        reads.append(at)
        return since(at, until)

    monkeypatch.setattr(agent.change_store, "since", counted)
    for number in range(20):
        agent.ingest(received(plain(f"service-{number}")))
    assert len(reads) == 1


def test_without_reported_changes_none_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(catalog=SHOP)
    monkeypatch.setattr(agent.change_store, "since", None)
    assert agent.ingest(received(errors())).failed == ()
