"""Learning runs by itself, and may only do what it needs to."""

import json

from tests.infra.template import Template


def test_recompute_runs_every_quarter_of_an_hour_and_the_check_every_week(template: Template) -> None:
    all_schedules = template.of_type("AWS::Scheduler::Schedule")
    schedules = [one for name, one in all_schedules.items() if name.startswith("Learning")]
    by_function = {
        next(name for name in ("Recompute", "Check") if name in json.dumps(one["Target"]["Arn"])): one
        for one in schedules
        if "Learning" in json.dumps(one["Target"]["Arn"])
    }
    assert {name: one["ScheduleExpression"] for name, one in by_function.items()} == {
        "Recompute": "rate(15 minutes)",
        "Check": "rate(7 days)",
    }


def test_a_schedule_may_invoke_the_functions_that_learn_and_nothing_else(template: Template) -> None:
    policy = template.one("AWS::IAM::Policy", "LearningScheduleRole")
    statements = policy["PolicyDocument"]["Statement"]
    assert {one["Action"] for one in statements} == {"lambda:InvokeFunction"}
    assert {one["Resource"]["Fn::GetAtt"][0].rstrip("0123456789ABCDEF") for one in statements} == {
        "LearningRecomputeConfidenceFunction",
        "LearningCheckLearningFunction",
    }
