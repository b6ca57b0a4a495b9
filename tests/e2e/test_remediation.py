"""Remediation on the deployed stack: plan, approval, execution, verification and audit trail."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.payloads import alarm_event
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

SERVICE, ENVIRONMENT = "heal-shop", "prod"


@pytest.fixture
def versions(stack_under_test: StackUnderTest) -> list[str]:
    """The task definitions of a service on its second version."""
    ecs = stack_under_test.emulator.client("ecs")
    ecs.create_cluster(clusterName=SERVICE)
    made = [
        ecs.register_task_definition(
            family=SERVICE, containerDefinitions=[{"name": "web", "image": "web", "memory": 64}]
        )["taskDefinition"]["taskDefinitionArn"]
        for _ in range(2)
    ]
    ecs.create_service(cluster=SERVICE, serviceName=SERVICE, taskDefinition=made[1], desiredCount=0)
    return made


def deployed(stack: StackUnderTest) -> str:
    ecs = stack.emulator.client("ecs")
    (service,) = ecs.describe_services(cluster=SERVICE, services=[SERVICE])["services"]
    found: str = service["taskDefinition"]
    return found


def execution(stack: StackUnderTest, name: str) -> Any:
    return stack.call("GET", f"/api/executions/{name}", role="viewer").body


def test_an_approved_rollback_is_executed_once_and_kept_when_the_alarm_resolves(
    stack_under_test: StackUnderTest, versions: list[str]
) -> None:
    stack = stack_under_test
    stack.put_event(alarm_event(SERVICE, environment=ENVIRONMENT))
    (incident,) = eventually(lambda: stack.incidents(service=SERVICE))
    (suggestion_id,) = [one["id"] for one in incident["suggestions"] if one["action"] == "rollback"]

    # The remediate function may have to start first, which takes longer than a request can wait.
    plan = eventually(
        lambda: stack.call("GET", f"/api/suggestions/{suggestion_id}/plan", role="viewer"),
        lambda found: found.status != 503,
    )
    assert plan.status == 200, plan
    assert plan.body["plan"]["after"] == {"taskDefinition": versions[0]}
    assert (plan.body["requiredApprovals"], plan.body["denial"]) == (1, "")
    read = {"planHash": plan.body["plan"]["hash"]}

    early = stack.call("POST", f"/api/suggestions/{suggestion_id}/execute", read, role="operator")
    assert (early.status, early.body["error"]["code"]) == (409, "conflict")
    other = {"planHash": "0" * 64}
    stale = stack.call("POST", f"/api/suggestions/{suggestion_id}/approve", other, role="operator")
    assert (stale.status, stale.body["error"]["field"]) == (409, "planHash")

    with ThreadPoolExecutor(8) as pool:
        clicks = list(
            pool.map(
                lambda _: stack.call(
                    "POST", f"/api/suggestions/{suggestion_id}/approve", read, role="operator"
                ),
                range(8),
            )
        )
    assert {one.status for one in clicks} == {200}, clicks
    (name,) = {one.body["id"] for one in clicks}

    eventually(lambda: deployed(stack), lambda found: found == versions[0])
    stack.put_event(alarm_event(SERVICE, environment=ENVIRONMENT, state="OK", minutes_ago=0))
    over = eventually(lambda: execution(stack, name), lambda found: found["status"] == "succeeded")
    assert over["result"] == "the alerts resolved; 0 of 0 tasks are running"
    workflows = stack.emulator.client("stepfunctions")
    (machine,) = workflows.list_state_machines()["stateMachines"]
    begun = workflows.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    assert sum(one["name"].startswith(incident["id"]) for one in begun) == 1

    def trail() -> list[str]:
        entries = stack.call("GET", f"/api/audit?target={name}", role="viewer").body["entries"]
        return sorted(one["action"] for one in entries)

    assert eventually(trail, lambda found: "succeeded" in found) == ["approve", "succeeded"]
    detail = stack.call("GET", f"/api/incidents/{incident['id']}", role="viewer").body
    texts = [one["text"] for one in detail["timeline"] if one["kind"] == "execution"]
    assert texts[-1] == "rollback on heal-shop helped: the alerts resolved; 0 of 0 tasks are running"
    again = stack.call("POST", f"/api/suggestions/{suggestion_id}/approve", read, role="operator")
    assert (again.status, again.body["status"]) == (200, "succeeded")


def test_an_undeclared_service_has_no_plan(stack_under_test: StackUnderTest) -> None:
    stack = stack_under_test
    stack.put_event(alarm_event("stray-shop", environment=ENVIRONMENT))
    (incident,) = eventually(lambda: stack.incidents(service="stray-shop"))
    refused = stack.call("GET", f"/api/suggestions/{incident['suggestions'][0]['id']}/plan", role="viewer")
    assert (refused.status, refused.body["error"]["message"]) == (
        404,
        "service stray-shop: neither declared in the catalog nor discovered",
    )
