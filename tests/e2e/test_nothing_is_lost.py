"""What is delivered twice, out of order, or while the table cannot be reached."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.payloads import alarm_event, queued
from tests.e2e.stack_under_test import StackUnderTest, eventually

pytestmark = pytest.mark.emulator

SERVICES = 25
ALARMS_A_SERVICE = 8


def test_the_same_200_events_twice_and_shuffled_are_the_same_incidents(
    stack_under_test: StackUnderTest,
) -> None:
    _ingest(stack_under_test, _storm("calm-env"))
    in_order = _shapes(stack_under_test, "calm-env")
    assert set(in_order) == {f"storm{service}" for service in range(SERVICES)}
    assert {shape["alertCount"] for shape in in_order.values()} == {ALARMS_A_SERVICE}

    twice = _storm("mess-env") * 2
    random.Random(7).shuffle(twice)  # noqa: S311 - a reproducible order
    _ingest(stack_under_test, twice)
    assert _shapes(stack_under_test, "mess-env") == in_order


def test_messages_that_ingest_could_not_store_can_be_moved_back(stack_under_test: StackUnderTest) -> None:
    dead_letters = stack_under_test.outputs["AlertDeadLetterQueueUrl"]
    with _ingest_without_its_table(stack_under_test):
        stack_under_test.queue_up([queued(alarm_event("kept-shop"))])
        eventually(lambda: stack_under_test.messages_in(dead_letters))
        assert stack_under_test.incidents(service="kept-shop") == []
    _move_back(stack_under_test)
    (incident,) = eventually(lambda: stack_under_test.incidents(service="kept-shop"))
    assert incident["alertCount"] == 1


@contextmanager
def _ingest_without_its_table(stack_under_test: StackUnderTest) -> Iterator[None]:
    """Gives the function the name of a missing table, and redelivers failed messages after a second."""
    functions, sqs = stack_under_test.emulator.client("lambda"), stack_under_test.emulator.client("sqs")
    queue = stack_under_test.outputs["AlertQueueUrl"]
    names = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    (ingest,) = [name for name in names if "Ingest" in name]
    variables = functions.get_function_configuration(FunctionName=ingest)["Environment"]["Variables"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    _set_variables(functions, ingest, variables | {"TABLE_NAME": "gone"})
    try:
        yield
    finally:
        _set_variables(functions, ingest, variables)
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "360"})


def _move_back(stack_under_test: StackUnderTest) -> None:
    """Moves the messages as the message move task of SQS does, which the emulator does not have."""
    sqs, outputs = stack_under_test.emulator.client("sqs"), stack_under_test.outputs
    (message,) = sqs.receive_message(QueueUrl=outputs["AlertDeadLetterQueueUrl"])["Messages"]
    sqs.send_message(QueueUrl=outputs["AlertQueueUrl"], MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=outputs["AlertDeadLetterQueueUrl"], ReceiptHandle=message["ReceiptHandle"])


def _set_variables(functions: Any, name: str, variables: dict[str, str]) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def _storm(environment: str) -> list[str]:
    """200 messages: eight alarms of each of 25 services, a second apart."""
    return [
        queued(
            alarm_event(
                f"storm{service}",
                environment=environment,
                alarm=f"5xx-{alarm}",
                minutes_ago=10 - (alarm * SERVICES + service) / 60,
            )
        )
        for alarm in range(ALARMS_A_SERVICE)
        for service in range(SERVICES)
    ]


def _shapes(stack_under_test: StackUnderTest, environment: str) -> dict[str, dict[str, Any]]:
    """Returns the fields of each incident that do not depend on environment and time, by service."""
    fields = ("status", "severity", "symptom", "services", "alertCount", "firingCount", "eventCount")
    incidents = stack_under_test.incidents(environment=environment)
    shapes = {one["service"]: {name: one[name] for name in fields} for one in incidents}
    assert len(shapes) == len(incidents)
    return shapes


def _ingest(stack_under_test: StackUnderTest, messages: list[str]) -> None:
    stack_under_test.queue_up(messages)
    queue = stack_under_test.outputs["AlertQueueUrl"]
    eventually(lambda: stack_under_test.messages_in(queue), lambda left: left == 0)
