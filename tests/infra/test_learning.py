"""Learning: schedules and permissions."""

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


def test_the_schedule_may_invoke_only_the_learning_functions(template: Template) -> None:
    policy = template.one("AWS::IAM::Policy", "LearningScheduleRole")
    statements = policy["PolicyDocument"]["Statement"]
    assert {one["Action"] for one in statements} == {"lambda:InvokeFunction"}
    assert {one["Resource"]["Fn::GetAtt"][0].rstrip("0123456789ABCDEF") for one in statements} == {
        "LearningRecomputeConfidenceFunction",
        "LearningCheckLearningFunction",
    }
