"""The queue's function: which messages come again, and what is counted."""

import json
from typing import Any

import pytest

from cloudops.alerts.alert import Scope
from cloudops.core.errors import Unavailable
from cloudops.handlers.ingest import respond
from cloudops.incidents.store import IncidentQuery, StoredScope
from tests.fakes.application import NOW, Agent
from tests.fakes.store import MemoryIncidentStore
from tests.ingestion.payloads import plain


def batch(*bodies: str) -> dict[str, Any]:
    """As the event source mapping delivers it."""
    return {
        "Records": [
            {
                "messageId": f"m{index}",
                "receiptHandle": "AQEBzbVv",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
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
    """What CloudWatch reads out of the log's one EMF line."""
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    found = json.loads(line)
    names = [metric["Name"] for metric in found["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    return {name: found[name][0] for name in names}


def test_messages_that_are_stored_do_not_come_again(capsys: pytest.CaptureFixture[str]) -> None:
    agent = Agent()
    assert respond(batch(plain("a"), "not json", webhook(plain("b"))), agent.ingest) == {
        "batchItemFailures": []
    }
    assert len(agent.store.browse(IncidentQuery()).incidents) == 2
    assert counted(capsys) == {
        "AlertsIngested": 2,
        "AlertsDuplicate": 0,
        "IncidentsOpened": 2,
        "PayloadsQuarantined": 1,
        "MessagesFailed": 0,
        "CommitConflicts": 0,
    }


def test_only_the_messages_that_are_not_stored_come_again(capsys: pytest.CaptureFixture[str]) -> None:
    class StagingDown(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            if scope.environment == "staging":
                raise Unavailable("load scope: no answer")
            return super().load_scope(scope)

    agent = Agent(StagingDown())
    answer = respond(batch(plain("a"), plain("b", env="staging"), plain("c")), agent.ingest)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert counted(capsys)["MessagesFailed"] == 1


def test_a_message_that_fails_in_part_comes_again_and_changes_nothing_twice() -> None:
    class DownOnce(MemoryIncidentStore):
        down = True

        def load_scope(self, scope: Scope) -> StoredScope:
            if scope.environment == "staging" and self.down:
                self.down = False
                raise Unavailable("load scope: no answer")
            return super().load_scope(scope)

    agent = Agent(DownOnce())
    both = f"[{plain('a')}, {plain('b', env='staging')}]"
    assert respond(batch(both), agent.ingest)["batchItemFailures"] == [{"itemIdentifier": "m0"}]
    assert respond(batch(both), agent.ingest)["batchItemFailures"] == []
    found = agent.store.browse(IncidentQuery()).incidents
    assert sorted((one.services, one.alert_count) for one in found) == [(("a",), 1), (("b",), 1)]


def test_an_alert_without_a_time_keeps_that_of_the_queue_when_it_comes_again() -> None:
    agent = Agent()
    timeless = '{"title": "no time told", "service": "a"}'
    respond(batch(timeless), agent.ingest)
    respond(batch(timeless), agent.ingest)
    (incident,) = agent.store.browse(IncidentQuery()).incidents
    assert (incident.opened_at, incident.alert_count) == (NOW, 1)


def test_the_reason_of_a_failure_is_logged_with_the_message_s_id(caplog: pytest.LogCaptureFixture) -> None:
    class Down(MemoryIncidentStore):
        def load_scope(self, scope: Scope) -> StoredScope:
            raise Unavailable(f"load scope {scope}: no answer")

    respond(batch(plain("checkout")), Agent(Down()).ingest)
    (record,) = caplog.records
    assert record.message_id == "m0"  # type: ignore[attr-defined]
    assert "checkout is failing" not in str(record.__dict__)
