"""The functions that learn and check what was learned, each by its own schedule."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.lambda_function import AppFunction
from infra.schedules import Schedules

RECOMPUTE = "rate(15 minutes)"
CHECK = "rate(7 days)"


class Learning(Construct):
    """Recompute reads every learning cell, the audit every vote."""

    def __init__(self, scope: Construct, construct_id: str, *, code: lambda_.Code) -> None:
        super().__init__(scope, construct_id)
        self.recompute = AppFunction(
            self,
            "recompute_confidence",
            code=code,
            timeout=Duration.minutes(5),
            memory=1024,
        )
        self.check = AppFunction(self, "check_learning", code=code, timeout=Duration.minutes(15), memory=1024)
        schedules = Schedules(self)
        schedules.add("RecomputeSchedule", self.recompute, RECOMPUTE)
        schedules.add("CheckSchedule", self.check, CHECK)
