"""ECS and CodeDeploy on loopback, for one service that CodeDeploy deploys blue/green."""

from tests.fakes.http_server import Answer, Asked

OLD, NEW = (f"arn:aws:ecs:eu-central-1:1:task-definition/web:{revision}" for revision in (6, 7))


class BlueGreen:
    """Deployment d-1 deploys version 7 while version 6 serves.

    `finish` completes the deployment; after a stop, `roll_back` completes the rollback.
    """

    def __init__(self) -> None:
        self.status = "InProgress"
        self.rollback = ""
        self.serving = OLD
        self.stops = 0

    def finish(self) -> None:
        self.status, self.serving = "Succeeded", NEW

    def roll_back(self) -> None:
        self.rollback, self.serving = "Succeeded", OLD

    def respond(self, asked: Asked) -> Answer:
        match asked.operation:
            case "DescribeServices":
                return Answer({"services": [self._service()], "failures": []})
            case "GetDeployment":
                return Answer({"deploymentInfo": self._deployment(asked.body["deploymentId"])})
            case "StopDeployment":
                return self._stop(asked)
        return Answer({"__type": "UnknownOperationException"}, status=400)

    def _stop(self, asked: Asked) -> Answer:
        assert asked.body == {"deploymentId": "d-1", "autoRollbackEnabled": True}
        if self.status == "Succeeded":
            return Answer({"__type": "DeploymentAlreadyCompletedException", "message": "over"}, status=400)
        self.stops += 1
        self.status, self.rollback = "Stopped", "InProgress"
        return Answer({"status": "Succeeded"})

    def _deployment(self, name: str) -> dict[str, object]:
        if name == "d-2":
            return {"deploymentId": "d-2", "status": self.rollback}
        back = {"rollbackInfo": {"rollbackDeploymentId": "d-2"}} if self.rollback else {}
        return {"deploymentId": "d-1", "status": self.status, **back}

    def _service(self) -> dict[str, object]:
        return {
            "serviceName": "web",
            "status": "ACTIVE",
            "desiredCount": 2,
            "runningCount": 2,
            "deploymentController": {"type": "CODE_DEPLOY"},
            "taskSets": [self._task_set(OLD, 1, "d-0"), self._task_set(NEW, 2, "d-1")],
        }

    def _task_set(self, version: str, created: int, deployment: str) -> dict[str, object]:
        return {
            "id": f"ecs-svc/{created}",
            "status": "PRIMARY" if version == self.serving else "ACTIVE",
            "taskDefinition": version,
            "externalId": deployment,
            "startedBy": "CODE_DEPLOY",
            "createdAt": 1_700_000_000 + created,
            "computedDesiredCount": 2,
            "runningCount": 2,
        }
