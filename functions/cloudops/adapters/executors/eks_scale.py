"""Scales a Deployment or StatefulSet out; with a HorizontalPodAutoscaler, by raising its minimum."""

from typing import Any, ClassVar, Final
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, ROLLED_BACK, UNTOUCHED, next_count
from cloudops.adapters.kubernetes.client import KubernetesApi, Patch, patch_object
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.ownership import owner_of, puts_back
from cloudops.adapters.kubernetes.workload import (
    KINDS,
    PLURALS,
    WORKLOADS,
    desired_replicas,
    other_version,
    read_workload,
    rollout_facts,
    rollout_of,
    superseded_by,
    workload_limits,
    workload_path,
    workload_state,
)
from cloudops.catalog.declaration import Limits, Target
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    Progress,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState
from cloudops.remediation.versions import VersionHistory

AUTOSCALER: Final = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
AUTOSCALERS: Final = "horizontalpodautoscalers"
_AUTOSCALER = f"k8s:patch:autoscaling/{AUTOSCALERS}"


class Autoscaler(msgspec.Struct, frozen=True):
    """A HorizontalPodAutoscaler, with the fewest and the most pods that it allows (Any: the cluster defines
    its schema)."""

    name: str
    minimum: int
    maximum: int
    manifest: Any


class EksScale:
    """Executor that raises the replicas.

    An autoscaler would remove additional replicas within a minute. If the workload has one, its minimum is
    raised instead, and stays until a person lowers it.
    """

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
        workload = read_workload(api, target)
        scaler = _autoscaler(api, target)
        if scaler is None:
            alone: Facts = {"autoscaler": "", **_ownership(workload, "replicas"), **rollout_facts(workload)}
            return workload_state(workload, now, alone, desired_replicas(workload))
        facts: Facts = {
            "autoscaler": scaler.name,
            "least": scaler.minimum,
            "most": scaler.maximum,
            **_ownership(scaler.manifest, "minReplicas"),
            **rollout_facts(workload),
        }
        return workload_state(workload, now, facts, scaler.name, scaler.minimum, scaler.maximum)

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        before, scaler = observed.desired or 0, observed.facts["autoscaler"]
        if owner := observed.facts["owner"]:
            what = f"the minimum of its autoscaler {scaler}" if scaler else "its replicas"
            where = "in git" if observed.facts["inGit"] else f"in {owner}"
            return PlanRejected(reason=f"{owner} sets {what} and would put it back: change it {where}")
        after = next_count(before, limits)
        if isinstance(after, PlanRejected):
            return after
        minimum, maximum = observed.facts.get("least"), observed.facts.get("most")
        counts: tuple[Facts, Facts]
        if isinstance(maximum, int):
            after = min(after, maximum)
            if after <= before:
                return PlanRejected(reason=f"{maximum} is the maximum of its autoscaler")
            if isinstance(minimum, int) and minimum >= after:
                return PlanRejected(reason=f"the minimum of its autoscaler is already {minimum}")
            call: Facts = {"namespace": target.namespace, "name": scaler, "minReplicas": after}
            operation, counts = _AUTOSCALER, ({"minReplicas": minimum}, {"minReplicas": after})
        else:
            call = {"namespace": target.namespace, "name": target.name, "replicas": after}
            operation = f"k8s:patch:apps/{PLURALS[target.workload]}/scale"
            counts = ({"replicas": before}, {"replicas": after})
        return PlannedChange(
            summary=f"from {before} to {after} pods"
            + (f", by the minimum of its autoscaler {scaler}, which stays" if scaler else ""),
            calls=(Call(operation=operation, parameters=call),),
            before=counts[0],
            after=counts[1],
            disturbs=0,
            count_before=before,
            count_after=after,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._set(plan, snapshot, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: it was scaled after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the rollout. It is superseded if the replicas, or the minimum of the autoscaler, are not
        those of the plan, or if another version was deployed, since that may be what helped."""
        api = self._clusters(plan.target)
        workload = read_workload(api, plan.target)
        wanted = snapshot.version.id if snapshot.version else ""
        if what_runs := _other_count(api, plan, snapshot, workload) or other_version(workload, wanted):
            return superseded_by(workload, now, what_runs)
        status = rollout_of(workload, now, had_failed=bool(snapshot.facts["hadFailed"]))
        if status.progress is Progress.SETTLED and desired_replicas(workload) < (plan.draft.count_after or 0):
            waiting = f"its autoscaler still requests {desired_replicas(workload)} pods"
            return replace(status, progress=Progress.MOVING, reason=waiting)
        return status

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return workload_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        if self._set(plan, snapshot, plan.draft.before, plan.draft.before):
            return UNTOUCHED
        return (
            ROLLED_BACK
            if self._set(plan, snapshot, plan.draft.after, plan.draft.before)
            else CHANGED_BY_OTHERS
        )

    def _set(self, plan: Plan, snapshot: TargetState, current: Facts, requested: Facts) -> bool:
        """Sets the replicas, or the minimum of the autoscaler.

        Returns:
            Whether the count is `requested` now. False, without a change, if it was neither.
        """
        api, target, scaler = self._clusters(plan.target), plan.target, snapshot.facts["autoscaler"]
        (field,) = requested
        path = _autoscalers(target, str(scaler)) if scaler else f"{workload_path(target)}/scale"
        is_expected = True

        def change(scalable: Any) -> object | None:
            nonlocal is_expected
            count = scalable["spec"].get(field, 1 if scaler else 0)
            if count == requested[field]:
                return None
            if count != current[field]:
                is_expected = False
                return None
            version = scalable["metadata"]["resourceVersion"]
            return {"metadata": {"resourceVersion": version}, "spec": {field: requested[field]}}

        patch_object(api, path, Patch.MERGE, change)
        return is_expected


def _ownership(manifest: Any, field: str) -> Facts:
    """Returns what would put the count of a workload or autoscaler back, or "" (Any, as above)."""
    owner = owner_of(manifest)
    if owner is None or not puts_back(owner, manifest, field):
        return {"owner": "", "inGit": False}
    return {"owner": owner.name, "inGit": owner.in_git}


def _other_count(api: KubernetesApi, plan: Plan, snapshot: TargetState, workload: Any) -> str:
    """Returns the count that is set if it is not the one of the plan, or ""."""
    scaler, ((field, wanted),) = str(snapshot.facts["autoscaler"]), plan.draft.after.items()
    try:
        scalable = api.get(_autoscalers(plan.target, scaler)) if scaler else workload
    except NotFound:
        return f"the autoscaler {scaler} was deleted after the action"
    count = scalable["spec"].get(field, 1)
    return "" if count == wanted else f"{field} is {count}, not {wanted} as after the action"


def _autoscalers(target: Target, name: str = "") -> str:
    path = f"/apis/autoscaling/v2/namespaces/{quote(target.namespace, safe='')}/{AUTOSCALERS}"
    return f"{path}/{quote(name, safe='')}" if name else path


def _autoscaler(api: KubernetesApi, target: Target) -> Autoscaler | None:
    """Returns the autoscaler of the workload, or None."""
    for one in api.items(_autoscalers(target)):
        spec = one["spec"]
        scaled = spec["scaleTargetRef"]
        if (scaled.get("kind"), scaled.get("name")) == (KINDS[target.workload], target.name):
            name, least, most = one["metadata"]["name"], spec.get("minReplicas", 1), spec["maxReplicas"]
            # A list leaves out the kind of its items.
            return Autoscaler(name, least, most, {**AUTOSCALER, **one})
    return None
