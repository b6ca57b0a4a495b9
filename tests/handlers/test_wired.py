"""Four functions with the adapters of a deployment, on moto: from a webhook to the incident list."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cloudops.adapters.aws.secrets_manager import SecretDocument
from cloudops.bootstrap import api as api_wiring
from cloudops.bootstrap import authorizer as authorizer_wiring
from cloudops.bootstrap import automation as automation_wiring
from cloudops.bootstrap import catalog as catalog_composition
from cloudops.bootstrap import database as table_wiring
from cloudops.bootstrap import ingest as ingest_wiring
from cloudops.bootstrap import learning as learning_wiring
from cloudops.bootstrap import webhook as webhook_wiring
from cloudops.handlers import api, authorizer, ingest, webhook
from cloudops.identity.access import Grant, Role
from cloudops.identity.api_tokens import ApiTokens
from tests.fakes.dynamodb import create_table
from tests.fakes.gateway import LambdaContext, Reply, reply, request

REGION = "eu-central-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "TABLE_NAME": "incidents",
    "API_TOKENS_SECRET": "CloudOps/api-tokens",
    "WEBHOOK_SECRET": "CloudOps/webhook",
    "EVENT_BUS": "cloudops",
    "USE_MOCK_ADAPTERS": "true",
    "AUTOMATION_PARAMETER": "/CloudOps/automation",
}
ALERT = {
    "id": "771",
    "event_type": "query_alert_monitor",
    "alert_transition": "Triggered",
    "alert_type": "error",
    "title": "[Triggered] p95 latency of checkout is above 2 s",
    "alert_id": "4401",
    "alert_scope": "env:prod,service:checkout",
    "alert_cycle_key": "9001",
    "tags": "env:prod,service:checkout",
    "date": "1767225600000",
    "org": {"id": "42", "name": "acme"},
}


def aws(service: str) -> Any:
    """Opens a client (Any: of every service)."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def forget() -> None:
    """Clears what an execution environment caches between calls."""
    for remembered in (
        api.api,
        api_wiring.application,
        authorizer_wiring.authenticator,
        automation_wiring.automation,
        automation_wiring.audit_trail,
        ingest_wiring.ingest,
        ingest_wiring.early_redelivery,
        catalog_composition.inventory,
        catalog_composition.recent_changes,
        catalog_composition.record_changes,
        catalog_composition.inventory_context,
        learning_wiring.learning_store,
        learning_wiring.learned_levels,
        learning_wiring.recompute,
        table_wiring.rows,
        table_wiring.settings,
        webhook_wiring.webhook_receiver,
    ):
        remembered.cache_clear()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Deploys, and returns the URL of the queue."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    forget()
    with mock_aws():
        create_table(aws("dynamodb"), "incidents")
        secrets, events, sqs = aws("secretsmanager"), aws("events"), aws("sqs")
        secrets.create_secret(Name="CloudOps/api-tokens", SecretString='{"tokens": []}')
        secrets.create_secret(Name="CloudOps/webhook", SecretString='{"current": "today", "previous": ""}')
        aws("ssm").put_parameter(Name="/CloudOps/automation", Value="enabled", Type="String")
        url = sqs.create_queue(QueueName="alerts")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name="cloudops")
        pattern = json.dumps({"source": ["cloudops.webhook"]})
        events.put_rule(Name="webhooks", EventBusName="cloudops", EventPattern=pattern)
        events.put_targets(Rule="webhooks", EventBusName="cloudops", Targets=[{"Id": "q", "Arn": arn}])
        yield url
    forget()


@pytest.fixture
def token(queue: str) -> str:
    book = ApiTokens(SecretDocument(aws("secretsmanager"), "CloudOps/api-tokens", lambda: 0.0))
    return book.create("jane", (Grant(Role.OPERATOR),), bytes(range(32)), "2026-01-01T00:00:00Z")[0]


def call(method: str, path: str, token: str, body: str | None = None, **query: str) -> Reply:
    """Calls the API behind its authorizer, as the gateway does."""
    event = request(method, path, body=body, headers={"authorization": f"Bearer {token}"}, query=query)
    answer: dict[str, Any] = authorizer.handler(event, LambdaContext())
    assert answer["isAuthorized"]
    event["requestContext"]["authorizer"] = {"lambda": answer["context"]}
    return reply(api.handler(event, LambdaContext()))


def deliver(url: str) -> dict[str, Any]:
    """Delivers the messages of the queue to the ingest function."""
    messages = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    records = [
        {
            "messageId": one["MessageId"],
            "receiptHandle": one["ReceiptHandle"],
            "body": one["Body"],
            "attributes": one["Attributes"],
        }
        for one in messages.get("Messages", [])
    ]
    assert records
    answer: dict[str, Any] = ingest.handler({"Records": records}, LambdaContext())
    return answer


def post_webhook(secret: str) -> Reply:
    headers = {"x-cloudops-secret": secret}
    event = request("POST", "/webhooks/datadog", body=json.dumps(ALERT), headers=headers)
    return reply(webhook.handler(event, LambdaContext()))


def test_a_webhook_becomes_an_incident_that_the_list_shows(queue: str, token: str) -> None:
    assert post_webhook("today").status == 202
    assert deliver(queue) == {"batchItemFailures": []}
    (incident,) = call("GET", "/api/incidents", token).json["incidents"]
    assert (incident["service"], incident["environment"], incident["symptom"]) == (
        "checkout",
        "prod",
        "latency",
    )
    detail = call("GET", f"/api/incidents/{incident['id']}", token).json
    assert [alert["source"] for alert in detail["alerts"]] == ["datadog"]


def test_without_the_secret_nothing_is_queued(queue: str) -> None:
    assert post_webhook("yesterday").status == 401
    assert "Messages" not in aws("sqs").receive_message(QueueUrl=queue)


def test_the_three_calls_of_the_prototype_work(queue: str, token: str) -> None:
    made = call("POST", "/api/incidents/ingest", token)
    assert (made.status, made.json["accepted"]) == (201, 6)
    listed = call("GET", "/api/incidents", token).json["incidents"]
    assert {one["id"] for one in listed} == {one["id"] for one in made.json["incidents"]}
    suggestion = listed[0]["suggestions"][0]["id"]
    vote = call("POST", "/api/feedback", token, json.dumps({"suggestionId": suggestion, "value": 1}))
    assert (vote.status, vote.json["ok"]) == (200, True)
    (stored,) = call("GET", f"/api/incidents/{listed[0]['id']}", token).json["feedback"]
    assert (stored["person"], stored["value"]) == ("jane", 1)


@pytest.mark.parametrize("wrong", ["", "cloudops_0000", "x" * 8_000])
def test_a_wrong_token_is_401_in_the_shape_of_an_error(queue: str, token: str, wrong: str) -> None:
    answer = call("GET", "/api/incidents", wrong)
    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")


def test_an_unparsable_message_is_quarantined_and_not_redelivered(queue: str, token: str) -> None:
    aws("sqs").send_message(QueueUrl=queue, MessageBody="{not json")
    assert deliver(queue) == {"batchItemFailures": []}
    (item,) = call("GET", "/api/quarantine", token).json["items"]
    assert item["payload"] == "{not json"
    assert call("DELETE", f"/api/quarantine/{item['id']}", token).status == 204
    assert call("GET", "/api/quarantine", token).json["items"] == []


def test_actions_are_in_the_audit_trail_and_automation_has_two_switches(queue: str, token: str) -> None:
    made = call("POST", "/api/incidents/ingest", token).json["incidents"][0]["id"]
    assert call("POST", f"/api/incidents/{made}/acknowledge", token).status == 200
    (entry,) = call("GET", "/api/audit", token, target=made).json["entries"]
    assert (entry["actor"], entry["action"]) == ("jane", "acknowledge")
    assert call("GET", "/api/automation", token).json["enabled"] is True
    aws("ssm").put_parameter(
        Name="/CloudOps/automation", Value="stopped: bad deploy", Type="String", Overwrite=True
    )
    assert call("GET", "/api/automation", token).json["reason"] == "bad deploy"
