"""Ingestion of payloads, parsable and not: outcomes, commits, quarantine and retries."""

import random

import pytest

from cloudops.alerts.alert import Alert, Scope
from cloudops.analysis.model import Analysis
from cloudops.core.errors import Unavailable
from cloudops.core.time import DAY, HOUR
from cloudops.correlation.decision import DecisionKind
from cloudops.incidents.incident import IncidentStatus
from cloudops.incidents.store import Commit, IncidentQuery, StoredScope
from tests.fakes.application import NOW, Agent
from tests.fakes.store import MemoryIncidentStore, MemoryQuarantine
from tests.ingestion.payloads import plain, received

UNREADABLE = '{"nothing": "known"}'


class CountingStore(MemoryIncidentStore):
    """Lists the commits."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[Commit] = []

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        self.commits.append(commit)


class OvertakenStore(CountingStore):
    """Another function commits between our read and our write, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def load_scope(self, scope: Scope) -> StoredScope:
        stored = super().load_scope(scope)
        if self.times:
            self.times -= 1
            concurrent = Commit(
                scope=scope,
                expected_version=stored.version,
                state=stored.state,
                batch_id=f"other-{self.times}",
            )
            MemoryIncidentStore.commit(self, concurrent)
        return stored


class ScopeDown(MemoryIncidentStore):
    """A store that cannot read the scope of staging."""

    def load_scope(self, scope: Scope) -> StoredScope:
        if scope.environment == "staging":
            raise Unavailable("no answer")
        return super().load_scope(scope)


def incident_count(agent: Agent) -> int:
    return len(agent.store.browse(IncidentQuery(limit=100)).incidents)


def test_an_alert_opens_an_incident_that_its_outcome_names() -> None:
    agent = Agent()
    (outcome,) = agent.ingest(received(plain("checkout"))).outcomes
    (decision,) = outcome.decisions
    assert decision.kind is DecisionKind.OPENED
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    assert incident.id == decision.incident_id
    assert incident.services == ("checkout",)


def test_outcomes_are_in_the_order_of_the_payloads() -> None:
    report = Agent().ingest(received(plain("a"), UNREADABLE, plain("b", env="staging"), plain("a")))
    assert [outcome.ref for outcome in report.outcomes] == ["m0", "m1", "m2", "m3"]
    assert [len(outcome.decisions) for outcome in report.outcomes] == [1, 0, 1, 1]


def test_a_duplicate_writes_nothing() -> None:
    store = CountingStore()
    agent = Agent(store)
    agent.ingest(received(plain("checkout")))
    report = agent.ingest(received(plain("checkout"), plain("checkout")))
    assert report.count(DecisionKind.DUPLICATE) == 2
    assert len(store.commits) == 1


def test_a_resolution_of_an_unknown_alert_is_stored_once() -> None:
    store = CountingStore()
    agent = Agent(store)
    resolved = plain("checkout", fingerprint="f1", status="resolved")
    agent.ingest(received(resolved))
    agent.ingest(received(resolved, resolved))
    assert len(store.commits) == 1
    late = agent.ingest(received(plain("checkout", "2025-12-31T23:59:00Z", fingerprint="f1")))
    assert late.count(DecisionKind.DUPLICATE) == 1
    assert incident_count(agent) == 0


def test_one_batch_of_one_scope_is_one_commit() -> None:
    store = CountingStore()
    Agent(store).ingest(received(*(plain(f"service-{index}") for index in range(20))))
    assert len(store.commits) == 1


def test_a_commit_has_at_most_as_many_incidents_as_a_transaction_allows() -> None:
    store = CountingStore()
    agent = Agent(store)
    report = agent.ingest(received(*(plain(f"service-{index}") for index in range(70))))
    assert report.count(DecisionKind.OPENED) == 70
    assert [len(commit.incidents) for commit in store.commits] == [32, 32, 6]
    assert incident_count(agent) == 70


def test_an_unparsable_payload_is_in_quarantine_for_thirty_days_with_the_reason() -> None:
    agent = Agent()
    report = agent.ingest(received(UNREADABLE))
    (item,) = report.outcomes[0].quarantined
    (stored,), _ = agent.quarantined.page(None, 10)
    assert stored == item
    assert stored.unreadable.payload == '{"nothing":"known"}'
    assert "title is missing" in stored.unreadable.reason
    assert stored.expires_at - stored.unreadable.received_at == 30 * DAY


def test_the_alerts_beside_an_unparsable_payload_are_ingested() -> None:
    agent = Agent()
    report = agent.ingest(received(UNREADABLE, plain("checkout"), b"\xff\xfe"))
    assert (report.alerts, report.quarantined, report.failed) == (1, 2, ())
    assert incident_count(agent) == 1


def test_a_repeated_unparsable_payload_is_one_quarantine_item() -> None:
    agent = Agent()
    agent.ingest(received(UNREADABLE, UNREADABLE))
    agent.ingest(received(UNREADABLE))
    assert len(agent.quarantined.page(None, 10)[0]) == 1


def test_a_failing_scope_does_not_affect_the_others() -> None:
    agent = Agent(ScopeDown())
    report = agent.ingest(received(plain("a"), plain("b", env="staging"), plain("c")))
    assert [outcome.ref for outcome in report.failed] == ["m1"]
    assert isinstance(report.failed[0].errors[0], Unavailable)
    assert incident_count(agent) == 2


def test_after_a_lost_race_the_scope_is_read_and_decided_again() -> None:
    store = OvertakenStore(times=2)
    agent = Agent(store)
    report = agent.ingest(received(plain("checkout")))
    assert report.failed == ()
    assert report.conflicts == 2
    assert agent.pauses == [0, 1]
    assert [commit.expected_version for commit in store.commits] == [2]


def test_messages_of_a_scope_that_always_loses_its_race_return_to_the_queue() -> None:
    agent = Agent(OvertakenStore(times=100))
    report = agent.ingest(received(plain("checkout")))
    assert [(outcome.ref, outcome.lost_race) for outcome in report.failed] == [("m0", True)]
    assert agent.pauses == [0, 1, 2, 2, 2]
    assert report.conflicts == 6


def test_a_message_that_fails_for_another_reason_has_not_lost_a_race() -> None:
    agent = Agent(ScopeDown())
    (failed,) = agent.ingest(received(plain("b", env="staging"))).failed
    assert not failed.lost_race


def test_other_scopes_are_stored_before_one_that_lost_a_race_is_tried_again() -> None:
    store = OvertakenStore(times=1)
    Agent(store).ingest(received(plain("a"), plain("b", env="staging"), plain("c", env="test")))
    assert [commit.scope.environment for commit in store.commits] == ["staging", "test", "prod"]


def test_after_a_lost_race_fewer_alerts_are_decided_on_at_once_and_all_are_stored() -> None:
    store = OvertakenStore(times=2)
    agent = Agent(store)
    report = agent.ingest(received(*(plain(f"service-{index}") for index in range(20))))
    assert report.failed == ()
    assert [len(commit.incidents) for commit in store.commits] == [5, 10, 5]
    assert incident_count(agent) == 20


def test_an_alert_that_breaks_the_classifier_fails_alone() -> None:
    def classify(alert: Alert) -> Analysis:
        if alert.service == "poison":
            raise ZeroDivisionError
        return healthy(alert)

    agent = Agent()
    healthy = agent.classify
    ingest = agent.ingest_with(classify=classify)
    services = ["a", "b", "poison", "c", "d"]
    report = ingest.process(received(*(plain(service) for service in services)), agent.start_timer())
    assert [outcome.ref for outcome in report.failed] == ["m2"]
    assert incident_count(agent) == 4


def test_a_quarantine_that_is_down_fails_only_the_unreadable_messages() -> None:
    class Down(MemoryQuarantine):
        def put(self, items: object) -> None:
            raise Unavailable("no answer")

    agent = Agent()
    ingest = agent.ingest_with(quarantine=Down())
    report = ingest.process(received(plain("a"), UNREADABLE, plain("b")), agent.start_timer())
    assert [outcome.ref for outcome in report.failed] == ["m1"]
    assert incident_count(agent) == 2


def test_each_unparsable_alert_of_a_payload_is_a_quarantine_item() -> None:
    notification = '{"receiver": "x", "groupLabels": {}, "alerts": [7, 8]}'
    report = Agent().ingest(received(notification))
    assert [item.unreadable.payload for item in report.outcomes[0].quarantined] == ["7", "8"]


def test_a_resolution_resolves_the_incident_and_a_firing_soon_after_reopens_it() -> None:
    agent = Agent()
    first = agent.ingest(received(plain("checkout", fingerprint="f1")))
    (name,) = first.incident_ids
    resolved = plain("checkout", fingerprint="f1", status="resolved", endsAt="2026-01-01T00:03:00Z")
    agent.ingest(received(resolved))
    assert agent.store.incidents([name])[name].status is IncidentStatus.RESOLVED
    again = agent.ingest(received(plain("checkout", "2026-01-01T00:05:00Z", fingerprint="f1")))
    assert again.count(DecisionKind.REOPENED) == 1
    assert agent.store.incidents([name])[name].status is IncidentStatus.OPEN


@pytest.mark.parametrize("seed", range(5))
def test_alerts_delivered_twice_and_shuffled_make_the_same_incidents_and_count_once(seed: int) -> None:
    payloads = [
        plain(f"service-{index % 7}", f"2026-01-01T00:{index % 50:02}:00Z", fingerprint=f"f{index % 40}")
        for index in range(120)
    ]
    in_order = Agent()
    in_order.ingest(received(*payloads, at=NOW + HOUR))
    twice = payloads * 2
    random.Random(seed).shuffle(twice)  # noqa: S311 a reproducible order
    shuffled = Agent()
    shuffled.ingest(received(*twice, at=NOW + HOUR))
    expected = in_order.store.browse(IncidentQuery(limit=100)).incidents
    found = shuffled.store.browse(IncidentQuery(limit=100)).incidents
    assert [(one.id, one.alert_count) for one in found] == [(one.id, one.alert_count) for one in expected]
