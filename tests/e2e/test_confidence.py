"""What people vote changes what the deployed stack suggests first, and it says why."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from local.credentials import create_token
from tests.e2e.payloads import alarm_event
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

PEOPLE = 20


def test_forty_votes_change_the_ranking_after_a_recompute_and_it_says_why(
    stack_under_test: StackUnderTest,
) -> None:
    incident = _opened(stack_under_test, "learn-shop", "learn-env")
    first, last = incident["suggestions"][0], incident["suggestions"][-1]
    voters = [_someone(stack_under_test, f"voter {person}") for person in range(PEOPLE)]
    eventually(lambda: voters[-1].call("GET", "/api/incidents", role="operator").status == 200)
    for voter in voters:
        _vote(voter, first["id"], -1)
        _vote(voter, last["id"], 1)

    done = stack_under_test.call("POST", "/api/confidence/recompute", role="operator")

    assert (done.status, done.body["changed"], done.body["reranked"] >= 1) == (200, True, True)
    (after,) = stack_under_test.incidents(service="learn-shop")
    top = after["suggestions"][0]
    assert top["action"] == last["action"]
    assert (top["votes"], top["confidence"] > last["confidence"]) == (PEOPLE, True)
    assert top["confidenceLow"] < top["confidence"]
    assert top["rationale"].startswith("20 of 20 helped for error rate on learn-shop; ")
    (bottom,) = [one for one in after["suggestions"] if one["action"] == first["action"]]
    assert bottom["rationale"].startswith("0 of 20 helped for error rate on learn-shop; ")


def test_what_was_learned_is_listed_and_a_second_recompute_learns_nothing(
    stack_under_test: StackUnderTest,
) -> None:
    incident = _opened(stack_under_test, "list-shop", "list-env")
    _vote(stack_under_test, incident["suggestions"][0]["id"], 1)
    runs = [stack_under_test.call("POST", "/api/confidence/recompute", role="operator") for _ in range(2)]
    assert [run.body["changed"] for run in runs] == [True, False]

    known = stack_under_test.call("GET", "/api/confidence?service=list-shop&days=2", role="viewer").body

    (cell,) = known["cells"]
    assert cell["explanation"].startswith("1 of 1 helped for error rate on list-shop; ")
    assert [point["votes"] for point in known["history"]] == [1]


def test_the_recompute_runs_as_its_schedule_runs_it(stack_under_test: StackUnderTest) -> None:
    assert '"LearningCells"' in _log_of(stack_under_test, "Recompute")


def test_the_audit_counts_a_damaged_cell(stack_under_test: StackUnderTest) -> None:
    incident = _opened(stack_under_test, "audit-shop", "audit-env")
    before = _cells(stack_under_test)
    _vote(stack_under_test, incident["suggestions"][0]["id"], 1)
    (cell,) = _cells(stack_under_test) - before
    assert _differing(stack_under_test) == 0

    _damage(stack_under_test, cell, 1)
    assert _differing(stack_under_test) == 1

    _damage(stack_under_test, cell, -1)
    assert _differing(stack_under_test) == 0


def _differing(stack_under_test: StackUnderTest) -> float:
    """Returns the metric of the consistency check, which its alarm watches."""
    lines = _log_of(stack_under_test, "CheckLearning").splitlines()
    (record,) = [line for line in lines if '"LearningCellsInconsistent":' in line]
    (value,) = json.loads(record)["LearningCellsInconsistent"]
    return float(value)


def _log_of(stack_under_test: StackUnderTest, part: str) -> str:
    """Invokes the learning function with this part in its name, and returns its log."""
    functions = stack_under_test.emulator.client("lambda")
    names = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
    (name,) = [one for one in names if f"Learning{part}" in one]
    answer = functions.invoke(FunctionName=name, Payload=b"{}", LogType="Tail")
    assert "FunctionError" not in answer, answer["Payload"].read()
    return base64.b64decode(answer["LogResult"]).decode()


def _cells(stack_under_test: StackUnderTest) -> set[str]:
    """Returns the sort keys of the learning cells."""
    answer = stack_under_test.emulator.client("dynamodb").query(
        TableName=stack_under_test.outputs["TableName"],
        KeyConditionExpression="pk = :cells",
        ExpressionAttributeValues={":cells": {"S": "CELL"}},
    )
    return {row["sk"]["S"] for row in answer["Items"]}


def _damage(stack_under_test: StackUnderTest, cell: str, votes: int) -> None:
    """Behind the agent's back."""
    stack_under_test.emulator.client("dynamodb").update_item(
        TableName=stack_under_test.outputs["TableName"],
        Key={"pk": {"S": "CELL"}, "sk": {"S": cell}},
        UpdateExpression="ADD v_count :votes",
        ExpressionAttributeValues={":votes": {"N": str(votes)}},
    )


def _opened(stack_under_test: StackUnderTest, service: str, environment: str) -> dict[str, Any]:
    stack_under_test.put_event(alarm_event(service, environment=environment))
    (incident,) = eventually(lambda: stack_under_test.incidents(service=service))
    found: dict[str, Any] = incident
    return found


def _someone(stack_under_test: StackUnderTest, name: str) -> StackUnderTest:
    token = create_token(stack_under_test.emulator, stack_under_test.outputs, name, "operator")
    return replace(stack_under_test, tokens={"operator": token})


def _vote(voter: StackUnderTest, suggestion: str, value: int) -> None:
    answer = voter.call(
        "POST", "/api/feedback", {"suggestionId": suggestion, "value": value}, role="operator"
    )
    assert answer.status == 200, answer
