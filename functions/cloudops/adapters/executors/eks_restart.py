"""Restarts a Deployment or StatefulSet as `kubectl rollout restart` does: its pods are replaced, with
the same template."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.kubernetes.client import Patch, patch_object
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.ownership import owner_of
from cloudops.adapters.kubernetes.workload import (
    EXECUTION_ANNOTATION,
    PLURALS,
    RESTARTED_AT,
    WORKLOADS,
    other_version,
    pod_template,
    read_workload,
    rollout_blocker,
    rollout_facts,
    rollout_of,
    superseded_by,
    template_hash,
    unavailable_pods,
    workload_limits,
    workload_path,
    workload_state,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import SECOND, EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory


class EksRestart:
    """Executor that sets two annotations on the pod template, which makes the controller roll out new
    pods."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_CLUSTER,
        **{f"k8s:{verb}:apps/{kind}": () for kind in WORKLOADS for verb in ("get", "patch")},
    }

    def __init__(self, clusters: Apis) -> None:
        self._clusters = clusters

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        workload = read_workload(self._clusters(target), target)
        owner = owner_of(workload)
        facts: Facts = {
            "template": template_hash(pod_template(workload)),
            "blocked": rollout_blocker(workload),
            "owner": owner.name if owner else "",
            "disturbs": unavailable_pods(workload),
            **rollout_facts(workload),
        }
        return workload_state(workload, now, facts)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if not observed.desired:
            return PlanRejected(reason="the desired count is 0, so there is no pod to restart")
        if blocked := observed.facts["blocked"]:
            return PlanRejected(reason=str(blocked))
        lost = observed.facts["disturbs"]
        parameters: Facts = {"namespace": target.namespace, "name": target.name, "annotation": RESTARTED_AT}
        owned = f"; {observed.facts['owner']} deploys them" if observed.facts["owner"] else ""
        return PlannedChange(
            summary=f"replace {observed.desired} pods with new ones of the same version{owned}",
            calls=(Call(operation=f"k8s:patch:apps/{PLURALS[target.workload]}", parameters=parameters),),
            before={"pods": observed.desired},
            after={"pods": "new ones"},
            disturbs=lost if isinstance(lost, int) else None,
            reversible=False,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        api, target = self._clusters(plan.target), plan.target
        at = datetime.fromtimestamp(snapshot.at / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

        def change(workload: Any) -> object | None:
            if _key_of(workload) == key:
                return None
            if template_hash(pod_template(workload)) != snapshot.facts["template"]:
                raise Conflict(f"{target}: another version was deployed after the plan")
            metadata = {"annotations": {RESTARTED_AT: at, EXECUTION_ANNOTATION: key}}
            version = workload["metadata"]["resourceVersion"]
            return {
                "metadata": {"resourceVersion": version},
                "spec": {"template": {"metadata": metadata}},
            }

        patch_object(api, workload_path(target), Patch.STRATEGIC, change)

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the rollout. It is superseded if another version was deployed, or if the annotations of the
        restart are gone: a controller that applies the workload as it is in git may remove them."""
        workload = read_workload(self._clusters(plan.target), plan.target)
        wanted = snapshot.version.id if snapshot.version else ""
        if what_runs := other_version(workload, wanted):
            return superseded_by(workload, now, what_runs)
        if _key_of(workload) != key:
            return superseded_by(workload, now, "the annotation of the restart was removed")
        return rollout_of(workload, now)

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return workload_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if _key_of(read_workload(self._clusters(plan.target), plan.target)) != key:
            return UNTOUCHED
        return irreversible("a restart cannot be rolled back")


def _key_of(workload: Any) -> str:
    annotations = workload["spec"]["template"].get("metadata", {}).get("annotations") or {}
    return str(annotations.get(EXECUTION_ANNOTATION, ""))
