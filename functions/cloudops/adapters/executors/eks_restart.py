"""Replaces the pods of a Deployment or StatefulSet by new ones of the same version, as kubectl does."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from cloudops.adapters.executors.common import UNTOUCHED, irreversible
from cloudops.adapters.kubernetes.client import Patch, patched
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.workload import (
    PLURALS,
    WORKLOADS,
    disturbed,
    fingerprint,
    look_at,
    observed,
    path_of,
    read,
    stands_still,
    template_of,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import SECOND, EpochMillis
from cloudops.remediation.executor import Permissions, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
EXECUTION: Final = "cloudops/execution"
"""The annotation by which an act that was begun before is known: it holds the execution's key."""


class EksRestart:
    """By two annotations on the pod template, so that the workload's own rollout does the rest."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_CLUSTER,
        **{f"k8s:{verb}:apps/{kind}": () for kind in WORKLOADS for verb in ("get", "patch")},
    }

    def __init__(self, clusters: Apis) -> None:
        self._clusters = clusters

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        workload = read(self._clusters(target), target)
        facts: Facts = {
            "template": fingerprint(template_of(workload)),
            "stands": stands_still(workload),
            "disturbs": disturbed(workload),
        }
        return observed(workload, now, facts)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        if not observed.desired:
            return PlanRejected(reason="no pod is wanted, so there is none to restart")
        if stands := observed.facts["stands"]:
            return PlanRejected(reason=str(stands))
        lost = observed.facts["disturbs"]
        parameters: Facts = {"namespace": target.namespace, "name": target.name, "annotation": RESTARTED}
        return PlannedChange(
            summary=f"replace {observed.desired} pods by new ones of the same version",
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
            if fingerprint(template_of(workload)) != snapshot.facts["template"]:
                raise Conflict(f"{target}: somebody else deployed another version")
            metadata = {"annotations": {RESTARTED: at, EXECUTION: key}}
            version = workload["metadata"]["resourceVersion"]
            return {
                "metadata": {"resourceVersion": version},
                "spec": {"template": {"metadata": metadata}},
            }

        patched(api, path_of(target), Patch.STRATEGIC, change)

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        return look_at(read(self._clusters(plan.target), plan.target), now)

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if _key_of(read(self._clusters(plan.target), plan.target)) != key:
            return UNTOUCHED
        return irreversible("a restart cannot be taken back")


def _key_of(workload: Any) -> str:
    annotations = workload["spec"]["template"].get("metadata", {}).get("annotations") or {}
    return str(annotations.get(EXECUTION, ""))
