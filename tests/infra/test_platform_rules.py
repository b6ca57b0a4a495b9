"""Rules of AWS that no emulator enforces, over the synthesized template."""

import json
from collections.abc import Iterator

from cloudops.remediation.executor import LONGEST_ROLLOUT_SECONDS
from cloudops.remediation.verification import PAUSE_SECONDS
from tests.infra.template import Resource, Template


def statements_of(template: Template, function: Resource) -> Iterator[Resource]:
    """Yields the statements of the function's role."""
    role = function["Role"]["Fn::GetAtt"][0]
    for policy in template.of_type("AWS::IAM::Policy").values():
        if {"Ref": role} in policy["Roles"]:
            yield from policy["PolicyDocument"]["Statement"]


def queues_it_sends_to(template: Template, function: Resource) -> set[str]:
    """Returns the logical ids of the queues that the function may send to."""
    return {
        statement["Resource"]["Fn::GetAtt"][0]
        for statement in statements_of(template, function)
        if "sqs:SendMessage" in statement["Action"]
    }


def test_a_function_that_sends_to_a_queue_that_it_consumes_allows_recursion(template: Template) -> None:
    functions = template.of_type("AWS::Lambda::Function")
    consumers = {
        (mapping["FunctionName"]["Ref"], mapping["EventSourceArn"]["Fn::GetAtt"][0])
        for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values()
    }
    recursive = {name for name, queue in consumers if queue in queues_it_sends_to(template, functions[name])}
    assert len(recursive) == 1
    assert recursive == {name for name, one in functions.items() if one.get("RecursiveLoop") == "Allow"}


def test_neither_scheduler_nor_lambda_repeats_a_scheduled_invocation(template: Template) -> None:
    schedules = template.of_type("AWS::Scheduler::Schedule").values()
    assert {one["Target"]["RetryPolicy"]["MaximumRetryAttempts"] for one in schedules} == {0}
    scheduled = {one["Target"]["Arn"]["Fn::GetAtt"][0] for one in schedules}
    configurations = template.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert {one["FunctionName"]["Ref"] for one in configurations} == scheduled
    for one in configurations:
        assert one["MaximumRetryAttempts"] == 0
        assert one["MaximumEventAgeInSeconds"] == 60


def test_the_workflow_and_each_of_its_tasks_have_a_time_limit(template: Template) -> None:
    definition = template.one("AWS::StepFunctions::StateMachine", "RemediationWorkflow")["DefinitionString"]
    workflow = json.loads(definition)
    tasks = [state for state in workflow["States"].values() if state["Type"] == "Task"]
    function = template.one("AWS::Lambda::Function", "RemediationRemediateFunction")
    assert len(tasks) == 2
    assert all(function["Timeout"] < task["TimeoutSeconds"] <= 2 * function["Timeout"] for task in tasks)
    assert workflow["TimeoutSeconds"] > 2 * LONGEST_ROLLOUT_SECONDS


def test_the_history_of_a_workflow_holds_the_checks_of_the_longest_rollout() -> None:
    """Step Functions ends an execution after 25,000 events. A check is a task (5 events), a choice and a wait
    (2 each)."""
    assert LONGEST_ROLLOUT_SECONDS / PAUSE_SECONDS * 9 < 25_000
