"""AWS CodeDeploy: stops the blue/green deployment of an ECS service, so that CodeDeploy rolls it back.

ECS accepts no other task definition for a service that CodeDeploy deploys. The task sets of the service name
their deployment, so the catalog need not declare application and deployment group.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.executors.ecs_service import revision, task_definition
from cloudops.catalog.declaration import Target
from cloudops.core.errors import Conflict
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory, choose_version

if TYPE_CHECKING:
    from mypy_boto3_codedeploy import CodeDeployClient


CodeDeployClients: TypeAlias = "Callable[[Target], CodeDeployClient]"
"""Returns the client for a target's account and region."""

DEPLOYMENT_GROUP_ARNS: Final = ("codedeploy:*:{account}:deploymentgroup:*/*",)
STOPPED: Final = "Stopped"
_RUNNING: Final = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
_PROGRESS: Final = {"Succeeded": Progress.SETTLED, "Failed": Progress.FAILED, STOPPED: Progress.FAILED}
"""Progress by the status of the deployment that rolls back; in any other status it is in progress."""


def is_deployed_by_codedeploy(service: Any) -> bool:
    """Returns whether CodeDeploy deploys the service, given as ECS returns it (Any: the service model defines
    its shape)."""
    return (service.get("deploymentController") or {}).get("type") == "CODE_DEPLOY"


class CodeDeployStop:
    """Stops a deployment in progress. A deployment that has ended cannot be rolled back here: that needs the
    pipeline."""

    permissions: ClassVar[Permissions] = {
        "codedeploy:GetDeployment": DEPLOYMENT_GROUP_ARNS,
        # IAM supports no resource for this action (Service Authorization Reference of CodeDeploy).
        "codedeploy:StopDeployment": ("*",),
    }

    def __init__(self, clients: CodeDeployClients) -> None:
        self._clients = clients

    def observe(self, target: Target, service: Any, now: EpochMillis) -> TargetState:
        """Returns the state of the service (Any, as above) and of the deployment of its newest task set."""
        serving, newest, older = _task_sets(service)
        name = newest.get("externalId", "")
        status = self._deployment(target, name)["status"] if name else ""
        versions = [task_definition(one["taskDefinition"]) for one in (newest, older) if one]
        facts: Facts = {"deployment": name, "status": status}
        return TargetState(
            at=now,
            mark=stable_id("codedeploy", name, "running" if status in _RUNNING else status),
            desired=serving.get("computedDesiredCount"),
            healthy=serving.get("runningCount"),
            settled=status not in _RUNNING,
            version=versions[0] if versions else None,
            earlier=tuple(versions[1:]),
            facts=facts,
        )

    def plan(self, observed: TargetState, history: VersionHistory) -> PlannedChange | PlanRejected:
        """Returns the change to make, or why there is none: CodeDeploy returns to the task set before, which
        an execution must not have left."""
        name, status = (observed.facts[key] for key in ("deployment", "status"))
        if not name:
            return PlanRejected(reason="CodeDeploy deploys the service, and there is no deployment to stop")
        if status not in _RUNNING:
            return PlanRejected(
                reason=f"deployment {name} has ended ({status}), and CodeDeploy rolls back only "
                "a deployment in progress: deploy the earlier version with your pipeline"
            )
        chosen = choose_version(observed, history)
        if isinstance(chosen, PlanRejected):
            return chosen
        current, previous = chosen.current, chosen.previous
        return PlannedChange(
            summary=f"stop deployment {name}, and return to {previous.name}: {chosen.reason}",
            calls=(
                Call(
                    operation="codedeploy:StopDeployment",
                    parameters={"deploymentId": name, "autoRollbackEnabled": True},
                ),
            ),
            before={"taskDefinition": current.name, "deployment": name},
            after={"taskDefinition": previous.name, "deployment": "stopped"},
            disturbs=0,
            version_before=current.id,
            version_after=previous.id,
            reversible=False,
        )

    def act(self, plan: Plan) -> None:
        """Stops the deployment; does nothing if it is stopped.

        Raises:
            Conflict: The deployment has ended otherwise.
        """
        name = str(plan.draft.before["deployment"])
        status = self._deployment(plan.target, name)["status"]
        if status == STOPPED:
            return
        if status not in _RUNNING:
            raise Conflict(f"{plan.target}: deployment {name} is {status} now")
        with translate_aws_errors(f"stop deployment {name} of {plan.target}"):
            self._clients(plan.target).stop_deployment(deploymentId=name, autoRollbackEnabled=True)

    def rollout_status(self, plan: Plan, service: Any, now: EpochMillis) -> RolloutStatus:
        """Returns SETTLED once CodeDeploy has rolled back and the version before serves, and SUPERSEDED if
        another version serves although it is done."""
        state = self.observe(plan.target, service, now)
        stopped = self._deployment(plan.target, str(plan.draft.before["deployment"]))
        rollback = (stopped.get("rollbackInfo") or {}).get("rollbackDeploymentId", "")
        serving, newest, _ = _task_sets(service)
        serves = revision(serving.get("taskDefinition", ""))
        if rollback:
            status = self._deployment(plan.target, rollback)["status"]
            progress = _PROGRESS.get(status, Progress.MOVING)
            reason = f"deployment {rollback}, which rolls back, is {status}"
        else:
            status, progress = stopped["status"], Progress.MOVING
            reason = f"the deployment is {status}, {serves} serves"
            if status not in _RUNNING:
                progress = Progress.SETTLED
        if progress is Progress.SETTLED and serving.get("taskDefinition") != plan.draft.version_after:
            progress, reason = (
                Progress.SUPERSEDED,
                f"{serves} serves, not {plan.draft.after['taskDefinition']}",
            )
        counts = f"{serving.get('runningCount')}/{newest.get('runningCount')}"
        return RolloutStatus(
            progress=progress,
            reason=reason,
            observed=state,
            progress_mark=f"{rollback}/{status}/{serves}/{counts}",
        )

    def roll_back(self, plan: Plan) -> RollbackResult:
        """Reports that a stopped deployment cannot be resumed."""
        status = self._deployment(plan.target, str(plan.draft.before["deployment"]))["status"]
        if status in _RUNNING:
            return UNTOUCHED
        return irreversible("a stopped deployment cannot be resumed: deploy the version again")

    def _deployment(self, target: Target, name: str) -> Any:
        """Reads the deployment as CodeDeploy returns it (Any, as above)."""
        with translate_aws_errors(f"read deployment {name} of {target}"):
            return self._clients(target).get_deployment(deploymentId=name)["deploymentInfo"]


def _task_sets(service: Any) -> tuple[Any, Any, Any]:
    """Returns the serving task set, the newest and the one before it, {} for each that is missing."""
    by_age: list[Any] = sorted(service.get("taskSets") or (), key=lambda one: one["createdAt"], reverse=True)
    serving: Any = next((one for one in by_age if one["status"] == "PRIMARY"), {})
    newest, older = [*by_age, {}, {}][:2]
    return serving, newest, older
