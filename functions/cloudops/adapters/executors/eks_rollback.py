"""Takes a Deployment or StatefulSet back to the pod template that ran before.

The cluster keeps it: a Deployment in the ReplicaSets that it owns, a StatefulSet in its ControllerRevisions.
An act that was begun before is known by its effect, that the workload has that template already.
"""

import copy
from typing import Any, ClassVar

import msgspec

from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, UNDONE, UNTOUCHED
from cloudops.adapters.kubernetes.client import KubernetesApi, Patch, patched
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.workload import (
    PLURALS,
    WORKLOADS,
    collection,
    disturbed,
    fingerprint,
    images,
    look_at,
    observed,
    path_of,
    read,
    stands_still,
    template_of,
)
from cloudops.catalog.declaration import Limits, Target, Workload
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Permissions, RollbackResult, RolloutStatus
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState

REVISION = "deployment.kubernetes.io/revision"


class Version(msgspec.Struct, frozen=True):
    """A template that the cluster keeps, under the name of the object that holds it (Any: its schema is the
    cluster's)."""

    name: str
    number: int
    template: Any


class EksRollback:
    """`kubectl rollout undo`, with the checks between."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_CLUSTER,
        **{f"k8s:{verb}:apps/{kind}": () for kind in WORKLOADS for verb in ("get", "patch")},
        "k8s:list:apps/replicasets": (),
        "k8s:list:apps/controllerrevisions": (),
    }

    def __init__(self, clusters: Apis) -> None:
        self._clusters = clusters

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        api = self._clusters(target)
        workload = read(api, target)
        kept = _kept(api, target, workload)
        here = fingerprint(template_of(workload))
        current = next((one for one in reversed(kept) if fingerprint(one.template) == here), None)
        older = [one for one in kept if current is not None and one.number < current.number]
        before = next((one for one in reversed(older) if fingerprint(one.template) != here), None)
        facts: Facts = {
            "current": current.name if current else "",
            "previous": before.name if before else "",
            "images": images(template_of(workload)),
            "previousImages": images(before.template) if before else "",
            "stands": stands_still(workload),
            "disturbs": disturbed(workload),
        }
        return observed(workload, now, facts)

    def plan(self, target: Target, observed: TargetState, limits: Limits) -> PlannedChange | PlanRejected:
        facts = observed.facts
        if stands := facts["stands"]:
            return PlanRejected(reason=str(stands))
        if not facts["previous"]:
            return PlanRejected(reason="the cluster keeps no version before this one")
        lost = facts["disturbs"]
        parameters: Facts = {
            "namespace": target.namespace,
            "name": target.name,
            "template": facts["previous"],
        }
        return PlannedChange(
            summary=f"from {facts['current']} back to {facts['previous']}",
            calls=(Call(operation=f"k8s:patch:apps/{PLURALS[target.workload]}", parameters=parameters),),
            before={"template": facts["current"], "images": facts["images"]},
            after={"template": facts["previous"], "images": facts["previousImages"]},
            disturbs=lost if isinstance(lost, int) else None,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._deploy(plan.target, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: somebody else deployed another version")

    def look(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        return look_at(read(self._clusters(plan.target), plan.target), now)

    def undo(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        api, target = self._clusters(plan.target), plan.target
        workload = read(api, target)
        now = fingerprint(template_of(workload))
        if now == fingerprint(_named(api, target, workload, plan.draft.before["template"]).template):
            return UNTOUCHED
        return UNDONE if self._deploy(target, plan.draft.after, plan.draft.before) else CHANGED_BY_OTHERS

    def _deploy(self, target: Target, now: Facts, then: Facts) -> bool:
        """Whether the workload has the wanted template: not where it had neither."""
        api = self._clusters(target)
        ours = True

        def change(workload: Any) -> object | None:
            nonlocal ours
            here = fingerprint(template_of(workload))
            wanted = _named(api, target, workload, then["template"]).template
            if here == fingerprint(wanted):
                return None
            if here != fingerprint(_named(api, target, workload, now["template"]).template):
                ours = False
                return None
            version = workload["metadata"]["resourceVersion"]
            return [
                {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
                {"op": "replace", "path": "/spec/template", "value": wanted},
            ]

        patched(api, path_of(target), Patch.JSON, change)
        return ours


def _named(api: KubernetesApi, target: Target, workload: Any, name: object) -> Version:
    for one in _kept(api, target, workload):
        if one.name == name:
            return one
    raise NotFound(f"{target}: the cluster keeps {name} no more")


def _kept(api: KubernetesApi, target: Target, workload: Any) -> list[Version]:
    """The versions that the cluster keeps, oldest first."""
    kind = "replicasets" if target.workload is Workload.DEPLOYMENT else "controllerrevisions"
    selector = workload["spec"]["selector"].get("matchLabels") or {}
    owner = workload["metadata"]["uid"]
    found = [
        _version(one)
        for one in api.items(f"{collection(target)}/{kind}", selector)
        if any(ref.get("uid") == owner for ref in one["metadata"].get("ownerReferences") or ())
    ]
    return sorted(found, key=lambda one: one.number)


def _version(kept: Any) -> Version:
    """Of a ReplicaSet, which has a `spec`, or a ControllerRevision, whose `data` is a patch of one."""
    metadata = kept["metadata"]
    if "spec" in kept:
        number = int((metadata.get("annotations") or {}).get(REVISION, 0))
        return Version(metadata["name"], number, template_of(kept))
    template = copy.deepcopy(kept["data"]["spec"]["template"])
    template.pop("$patch", None)
    return Version(metadata["name"], kept["revision"], template_of({"spec": {"template": template}}))
