"""The function behind the alert queue: which messages are redelivered and when, and its metrics."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cloudops.alerts.alert import Scope
from cloudops.core.errors import CloudOpsError, Unavailable, WriteConflict
from cloudops.core.retry import TimeLeft
from cloudops.handlers import ingest as function
from cloudops.incidents.store import Commit, IncidentQuery, StoredScope
from cloudops.ingestion.redelivery import EarlyRedelivery
from tests.fakes.application import NOW, Agent
from tests.fakes.store import MemoryIncidentStore
from tests.ingestion.payloads import plain


class FakeQueue:
    """Records the requested delays by receipt handle, or raises the error at every call."""

    def __init__(self, error: CloudOpsError | None = None) -> None:
        self.error = error
        self.calls: list[dict[str, int]] = []

    def change(self, delays: Mapping[str, int]) -> int:
        self.calls.append(dict(delays))
        if self.error:
            raise self.error
        return len(delays)


class NeverWon(MemoryIncidentStore):
    """A store whose scope of staging is always changed by others first."""

    def commit(self, commit: Commit) -> None:
        if commit.scope.environment == "staging":
            raise WriteConflict(f"scope {commit.scope}: TransactionConflict")
        super().commit(commit)


def minute(agent: Agent) -> TimeLeft:
    """Returns the rest of the function's 60 s, of which each pause uses one."""
    return lambda: 60.0 - len(agent.pauses)


def respond(event: dict[str, Any], agent: Agent, queue: FakeQueue | None = None) -> dict[str, Any]:
    redelivery = EarlyRedelivery(queue or FakeQueue(), lambda: 0.5)
    answer: dict[str, Any] = function.respond(event, agent.ingestion, redelivery, minute(agent))
    return answer


def batch(*bodies: str, receive_count: int = 1) -> dict[str, Any]:
    """Returns the event of the event source mapping."""
    return {
        "Records": [
            {
                "messageId": f"m{index}",
                "receiptHandle": f"AQEBzbVv{index}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": str(receive_count),
                    "SentTimestamp": str(NOW),
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                    "ApproximateFirstReceiveTimestamp": str(NOW + 5),
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:alerts",
                "awsRegion": "eu-central-1",
            }
            for index, body in enumerate(bodies)
        ]
    }


def webhook(body: str) -> str:
    return json.dumps(
        {
            "version": "0",
            "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
            "detail-type": "Alertmanager Webhook",
            "source": "cloudops.webhook",
            "account": "111122223333",
            "time": "2026-01-01T00:00:00Z",
            "region": "eu-central-1",
            "resources": [],
            "detail": {"body": body},
        }
    )


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Returns the metrics of the only EMF line in the log."""
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    found = json.loads(line)
    names = [metric["Name"] for metric in found["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: found[name][0] for name in names}


def test_stored_messages_are_not_redelivered(capsys: pytest.CaptureFixture[str]) -> None:
    agent = Agent()
    assert respond(batch(plain("a"), "not json", webhook(plain("b"))), agent) == {"batchItemFailures": []}
    assert len(agent.store.browse(IncidentQuery()).incidents) == 2
    assert counted(capsys) == {
        "AlertsIngested": 2,
        "AlertsDuplicate": 0,
        "AlertsExcluded": 0,
        "IncidentsOpened": 2,
        "PayloadsQuarantined": 1,
        "MessagesFailed": 0,
        "MessagesReturnedEarly": 0,
        "CommitConflicts": 0,
    }


def test_only_the_messages_that_are_not_stored_are_redelivered(capsys: pytest.CaptureFixture[str]) -> None:
    class StagingDown(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            if scope.environment == "staging":
                raise Unavailable("load scope: no answer")
            return super().load_scope(scope)

    agent = Agent(StagingDown())
    answer = respond(batch(plain("a"), plain("b", env="staging"), plain("c")), agent)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert counted(capsys)["MessagesFailed"] == 1


def test_a_message_that_fails_in_part_is_redelivered_and_takes_effect_once() -> None:
    class DownOnce(MemoryIncidentStore):
        down = True

        def load_scope(self, scope: Scope) -> StoredScope:
            if scope.environment == "staging" and self.down:
                self.down = False
                raise Unavailable("load scope: no answer")
            return super().load_scope(scope)

    agent = Agent(DownOnce())
    both = f"[{plain('a')}, {plain('b', env='staging')}]"
    assert respond(batch(both), agent)["batchItemFailures"] == [{"itemIdentifier": "m0"}]
    assert respond(batch(both), agent)["batchItemFailures"] == []
    found = agent.store.browse(IncidentQuery()).incidents
    assert sorted((one.services, one.alert_count) for one in found) == [(("a",), 1), (("b",), 1)]


def test_an_alert_without_a_time_has_that_of_the_queue_at_every_delivery() -> None:
    agent = Agent()
    timeless = '{"title": "without a time", "service": "a"}'
    respond(batch(timeless), agent)
    respond(batch(timeless), agent)
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    assert (incident.opened_at, incident.alert_count) == (NOW, 1)


def test_the_reason_of_a_failure_is_logged_with_the_message_s_id(caplog: pytest.LogCaptureFixture) -> None:
    class Down(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            raise Unavailable(f"load scope {scope}: no answer")

    respond(batch(plain("checkout")), Agent(Down()))
    (record,) = caplog.records
    assert record.message_id == "m0"  # type: ignore[attr-defined]
    assert "checkout is failing" not in str(record.__dict__)


def test_a_message_that_lost_a_race_is_redelivered_within_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    queue = FakeQueue()
    answer = respond(batch(plain("a"), plain("b", env="staging")), Agent(NeverWon()), queue)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert queue.calls == [{"AQEBzbVv1": 3}]
    counts = counted(capsys)
    assert (counts["MessagesReturnedEarly"], counts["MessagesFailed"]) == (1, 0)


def test_a_message_that_failed_for_another_reason_waits_for_the_visibility_timeout() -> None:
    class Down(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            raise Unavailable("load scope: no answer")

    queue = FakeQueue()
    respond(batch(plain("a")), Agent(Down()), queue)
    assert queue.calls == []


def test_attempts_use_40_of_the_60_seconds_of_the_function() -> None:
    agent = Agent(NeverWon())
    respond(batch(plain("b", env="staging")), agent)
    assert len(agent.pauses) == 40


def test_a_failing_queue_loses_no_message(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    queue = FakeQueue(Unavailable("change visibility in alerts: no answer"))
    answer = respond(batch(plain("b", env="staging")), Agent(NeverWon()), queue)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    (record,) = caplog.records
    assert (record.early, record.reason) == (0, "change visibility in alerts: no answer")  # type: ignore[attr-defined]
    counts = counted(capsys)
    assert (counts["MessagesReturnedEarly"], counts["MessagesFailed"]) == (0, 1)
