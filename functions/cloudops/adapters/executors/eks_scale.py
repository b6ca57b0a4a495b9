"""Adds pods to a Deployment or StatefulSet, by the minimum of its autoscaler where it has one."""

from typing import Any, ClassVar
from urllib.parse import quote

import msgspec

from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED, next_count
from cloudops.adapters.kubernetes.client import KubernetesApi, Patch, patched
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.workload import (
    KINDS,
    PLURALS,
    WORKLOADS,
    look_at,
    observed,
    path_of,
    read,
    wanted,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, Progress, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

AUTOSCALERS = "horizontalpodautoscalers"
_AUTOSCALER = f"k8s:patch:autoscaling/{AUTOSCALERS}"


class Autoscaler(msgspec.Struct, frozen=True):
    """Pods between which it moves the workload."""

    name: str
    least: int
    most: int


class EksScale:
    """Replicas that are set beside an autoscaler would be taken away by it within a minute. A minimum that
    was raised stays until somebody lowers it."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_CLUSTER,
        **{f"k8s:get:apps/{kind}": () for kind in WORKLOADS},
        **{f"k8s:{verb}:apps/{kind}/scale": () for kind in WORKLOADS for verb in ("get", "patch")},
        **{f"k8s:{verb}:autoscaling/{AUTOSCALERS}": () for verb in ("get", "list", "patch")},
    }

    def __init__(self, clusters: Apis) -> None:
        self._clusters = clusters

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        api = self._clusters(target)
        workload = read(api, target)
        scaler = _autoscaler(api, target)
        if scaler is None:
            return observed(workload, now, {"autoscaler": ""}, wanted(workload))
        facts: Facts = {"autoscaler": scaler.name, "least": scaler.least, "most": scaler.most}
        return observed(workload, now, facts, scaler.name, scaler.least, scaler.most)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        before, scaler = observed.desired or 0, observed.facts["autoscaler"]
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        least, most = observed.facts.get("least"), observed.facts.get("most")
        told: tuple[Facts, Facts]
        if isinstance(most, int):
            after = min(after, most)
            if after <= before:
                return PlanRejected(reason=f"{most} is the maximum of its autoscaler")
            if isinstance(least, int) and least >= after:
                return PlanRejected(reason=f"its autoscaler asks for {least} already")
            call: Facts = {"namespace": target.namespace, "name": scaler, "minReplicas": after}
            operation, told = _AUTOSCALER, ({"minReplicas": least}, {"minReplicas": after})
        else:
            call = {"namespace": target.namespace, "name": target.name, "replicas": after}
            operation = f"k8s:patch:apps/{PLURALS[target.workload]}/scale"
            told = ({"replicas": before}, {"replicas": after})
        return PlannedChange(
            summary=f"from {before} to {after} pods" + (f", by {scaler}" if scaler else ""),
            calls=(Call(operation=operation, parameters=call),),
            before=told[0],
            after=told[1],
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._set(plan, snapshot, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: somebody else scaled it")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        workload = read(self._clusters(plan.target), plan.target)
        look = look_at(workload, now)
        if look.progress is Progress.SETTLED and wanted(workload) < (plan.draft.count_after or 0):
            waiting = f"its autoscaler still wants {wanted(workload)} pods"
            return RolloutStatus(progress=Progress.MOVING, reason=waiting, observed=look.observed)
        return look

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if self._set(plan, snapshot, plan.draft.before, plan.draft.before):
            return UNTOUCHED
        return UNDONE if self._set(plan, snapshot, plan.draft.after, plan.draft.before) else CHANGED_BY_OTHERS

    def _set(self, plan: Plan, snapshot: TargetState, now: Facts, then: Facts) -> bool:
        """Whether the count is as wanted: not where it was neither."""
        api, target, scaler = self._clusters(plan.target), plan.target, snapshot.facts["autoscaler"]
        (field,) = then
        path = _autoscalers(target, str(scaler)) if scaler else f"{path_of(target)}/scale"
        ours = True

        def change(found: Any) -> object | None:
            nonlocal ours
            count = found["spec"].get(field, 1 if scaler else 0)
            if count == then[field]:
                return None
            if count != now[field]:
                ours = False
                return None
            version = found["metadata"]["resourceVersion"]
            return {"metadata": {"resourceVersion": version}, "spec": {field: then[field]}}

        patched(api, path, Patch.MERGE, change)
        return ours


def _autoscalers(target: Target, name: str = "") -> str:
    path = f"/apis/autoscaling/v2/namespaces/{quote(target.namespace, safe='')}/{AUTOSCALERS}"
    return f"{path}/{quote(name, safe='')}" if name else path


def _autoscaler(api: KubernetesApi, target: Target) -> Autoscaler | None:
    """The one that scales the workload, if any."""
    for one in api.items(_autoscalers(target)):
        spec = one["spec"]
        scaled = spec["scaleTargetRef"]
        if (scaled.get("kind"), scaled.get("name")) == (KINDS[target.workload], target.name):
            return Autoscaler(one["metadata"]["name"], spec.get("minReplicas", 1), spec["maxReplicas"])
    return None
