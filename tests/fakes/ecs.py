"""ECS on loopback, for one service: deployments, circuit breaker, events, and answers that lag behind."""

import copy
from datetime import UTC, datetime
from typing import Any

from tests.fakes.http_server import Answer, Asked

ARN = "arn:aws:ecs:eu-central-1:1:task-definition/"


def version(number: int, family: str = "web") -> str:
    """The ARN of a task definition."""
    return f"{ARN}{family}:{number}"


class EcsService:
    """The service `web` of four tasks on version `latest`, with every lower version.

    An update makes a new primary deployment, beside which the old one drains until `complete`. `trip_breaker`
    does what the circuit breaker of ECS does. While `shown` is set, DescribeServices answers as the service
    was when `lag` was called. `lost_answers`, by operation, are given in place of those to the next
    calls, which take effect; so many updates are `throttled`, and take none. `updates` are the updates that
    arrived. `now` is in seconds, and moves with every change.
    """

    def __init__(self, latest: int = 3) -> None:
        self.now = 1_700_000_000
        self.latest = latest
        self.shown: dict[str, Any] | None = None
        self.lost_answers: dict[str, list[Answer]] = {}
        self.throttled = 0
        self.updates: list[dict[str, Any]] = []
        self._made = 0
        self.service: dict[str, Any] = {
            "serviceName": "web",
            "status": "ACTIVE",
            "desiredCount": 4,
            "runningCount": 4,
            "taskDefinition": version(latest),
            "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
            "events": [],
            "deployments": [],
        }
        self._deploy(version(latest))
        self.complete()

    @property
    def deployments(self) -> list[dict[str, Any]]:
        deployments: list[dict[str, Any]] = self.service["deployments"]
        return deployments

    def update(self, task_definition: str = "", desired: int | None = None, *, force: bool = False) -> None:
        """What UpdateService does: a new version or a forced deployment starts a deployment, a count does
        not."""
        if desired is not None:
            self.service["desiredCount"] = desired
        if force or task_definition not in ("", self.service["taskDefinition"]):
            self._deploy(task_definition or self.service["taskDefinition"])

    def complete(self) -> None:
        """The primary deployment runs all tasks, and the others are gone."""
        primary = self.deployments[0]
        primary.update(
            runningCount=self.service["desiredCount"],
            rolloutState="COMPLETED",
            rolloutStateReason=f"ECS deployment {primary['id']} completed.",
        )
        del self.deployments[1:]
        self.service["runningCount"] = self.service["desiredCount"]

    def replace_tasks(self, count: int) -> None:
        """So many tasks of the primary deployment run, in place of those of the other."""
        primary, other = self.deployments[:2]
        primary["runningCount"] = count
        other["runningCount"] = self.service["desiredCount"] - count

    def trip_breaker(self) -> None:
        """The primary deployment fails, and ECS deploys the last completed one again."""
        failed, completed = self.deployments[:2]
        failed.update(
            rolloutState="FAILED",
            rolloutStateReason="ECS deployment circuit breaker: tasks failed to start.",
            failedTasks=3,
            runningCount=0,
        )
        self._record(f"(service web) (deployment {failed['id']}) deployment failed: tasks failed to start.")
        self._record(f"(service web) rolling back to deployment {completed['id']}.")
        self._deploy(completed["taskDefinition"])
        self.deployments[0]["rolloutStateReason"] = (
            f"ECS deployment circuit breaker: rolling back to deploymentId {completed['id']}."
        )

    def lag(self) -> None:
        """From now on DescribeServices shows the service as it is, whatever changes."""
        self.shown = copy.deepcopy(self.service)

    def respond(self, asked: Asked) -> Answer:
        if asked.operation == "UpdateService" and self.throttled:
            self.throttled -= 1
            return Answer({"__type": "ThrottlingException"}, status=400)
        answer = self._carry_out(asked)
        lost = self.lost_answers.get(asked.operation)
        return lost.pop(0) if lost else answer

    def _carry_out(self, asked: Asked) -> Answer:
        match asked.operation:
            case "DescribeServices":
                return Answer({"services": [self.shown or self.service], "failures": []})
            case "UpdateService":
                self.updates.append(asked.body)
                body = asked.body
                self.update(
                    body.get("taskDefinition", ""),
                    body.get("desiredCount"),
                    force=bool(body.get("forceNewDeployment")),
                )
                return Answer({"service": self.service})
            case "ListTaskDefinitions":
                arns = [version(number) for number in range(self.latest, 0, -1)]
                return Answer({"taskDefinitionArns": arns})
        return Answer({"__type": "UnknownOperationException"}, status=400)

    def _deploy(self, task_definition: str) -> None:
        for one in self.deployments:
            one["status"] = "ACTIVE"
        self._made += 1
        self.now += 60
        self.deployments.insert(
            0,
            {
                "id": f"ecs-svc/{self._made}",
                "status": "PRIMARY",
                "taskDefinition": task_definition,
                "desiredCount": self.service["desiredCount"],
                "runningCount": 0,
                "failedTasks": 0,
                "rolloutState": "IN_PROGRESS",
                "rolloutStateReason": f"ECS deployment ecs-svc/{self._made} in progress.",
                "createdAt": datetime.fromtimestamp(self.now, UTC),
            },
        )
        self.service["taskDefinition"] = task_definition

    def _record(self, message: str) -> None:
        self.now += 1
        self.service["events"].insert(
            0, {"id": str(self.now), "createdAt": datetime.fromtimestamp(self.now, UTC), "message": message}
        )
