"""Rolls a Deployment or StatefulSet back to the pod template that ran before, as `kubectl rollout undo` does.

The cluster stores earlier templates: in the ReplicaSets of a Deployment, in the ControllerRevisions of a
StatefulSet. An earlier attempt is recognized by its effect: the workload already has that template.
"""

import copy
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import msgspec

from cloudops.adapters.executors.common import CHANGED_BY_OTHERS, ROLLED_BACK, UNTOUCHED
from cloudops.adapters.kubernetes.client import KubernetesApi, Patch, patch_object
from cloudops.adapters.kubernetes.eks import DESCRIBE_CLUSTER, Apis
from cloudops.adapters.kubernetes.ownership import READ_OWNERS, owner_of, revision_before
from cloudops.adapters.kubernetes.workload import (
    PLURALS,
    WORKLOADS,
    images,
    namespace_path,
    other_version,
    pod_template,
    read_workload,
    rollout_blocker,
    rollout_facts,
    rollout_of,
    superseded_by,
    template_hash,
    unavailable_pods,
    version_id,
    workload_limits,
    workload_path,
    workload_state,
)
from cloudops.catalog.declaration import Limits, Target, Workload
from cloudops.core.errors import Conflict, NotFound
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import (
    Permissions,
    RollbackResult,
    RolloutLimits,
    RolloutStatus,
)
from cloudops.remediation.plan import Call, Facts, Plan, PlannedChange, PlanRejected, TargetState, Version
from cloudops.remediation.versions import MAX_EARLIER, VersionChoice, VersionHistory, choose_version

REVISION_ANNOTATION: Final = "deployment.kubernetes.io/revision"


class StoredTemplate(msgspec.Struct, frozen=True):
    """A pod template as the cluster stores it.

    Attributes:
        name: The name of the ReplicaSet or ControllerRevision that stores it.
        number: Its revision: the higher, the later it was rolled out last. A template that is rolled out
            again gets a new number.
        created: When it was stored, in RFC 3339, so that texts compare as times. Unlike the number it never
            changes.
        template: The template (Any: the cluster defines its schema).
    """

    name: str
    number: int
    created: str
    template: Any

    @property
    def version(self) -> Version:
        """The version that it deploys."""
        return Version(id=version_id(self.template), name=self.name, images=images(self.template))


class EksRollback:
    """Executor that replaces the pod template, if it is unchanged since the plan."""

    permissions: ClassVar[Permissions] = {
        **DESCRIBE_CLUSTER,
        **{f"k8s:{verb}:apps/{kind}": () for kind in WORKLOADS for verb in ("get", "patch")},
        "k8s:list:apps/replicasets": (),
        "k8s:list:apps/controllerrevisions": (),
        **READ_OWNERS,
    }

    def __init__(self, clusters: Apis) -> None:
        self._clusters = clusters

    def observe(self, target: Target, now: EpochMillis) -> TargetState:
        api = self._clusters(target)
        workload = read_workload(api, target)
        templates = _stored_templates(api, target, workload)
        running = template_hash(pod_template(workload))
        current = next((one for one in reversed(templates) if template_hash(one.template) == running), None)
        facts: Facts = {
            "stored": current.name if current else "",
            "blocked": rollout_blocker(workload),
            **_ownership(api, workload),
            "disturbs": unavailable_pods(workload),
            **rollout_facts(workload),
        }
        return workload_state(
            workload,
            now,
            facts,
            running=current.name if current else "",
            earlier=_versions_before(current, templates) if current else (),
        )

    def plan(
        self, target: Target, observed: TargetState, limits: Limits, history: VersionHistory
    ) -> PlannedChange | PlanRejected:
        if blocked := observed.facts["blocked"]:
            return PlanRejected(reason=str(blocked))
        if not observed.facts["stored"]:
            return PlanRejected(reason="the cluster has not stored the running version yet")
        chosen = choose_version(observed, history)
        if owner := observed.facts["owner"]:
            return _rejected_for(str(owner), observed.facts, chosen)
        if isinstance(chosen, PlanRejected):
            return chosen
        lost, current, previous = observed.facts["disturbs"], chosen.current, chosen.previous
        parameters: Facts = {"namespace": target.namespace, "name": target.name, "template": previous.name}
        return PlannedChange(
            summary=f"from {current.name} back to {previous.name}: {chosen.reason}",
            calls=(Call(operation=f"k8s:patch:apps/{PLURALS[target.workload]}", parameters=parameters),),
            before={"template": current.name, "images": current.images},
            after={"template": previous.name, "images": previous.images},
            disturbs=lost if isinstance(lost, int) else None,
            version_before=current.id,
            version_after=previous.id,
        )

    def act(self, plan: Plan, snapshot: TargetState, key: str) -> None:
        if not self._deploy(plan.target, plan.draft.before, plan.draft.after):
            raise Conflict(f"{plan.target}: another version was deployed after the plan")

    def rollout_status(self, plan: Plan, snapshot: TargetState, key: str, now: EpochMillis) -> RolloutStatus:
        """Reads the rollout. It is superseded if the workload does not have the version of the plan: a
        controller or a person deployed another one, or the bad one again."""
        workload = read_workload(self._clusters(plan.target), plan.target)
        if what_runs := other_version(workload, plan.draft.version_after):
            return superseded_by(workload, now, what_runs)
        return rollout_of(workload, now)

    def rollout_limits(self, plan: Plan, snapshot: TargetState) -> RolloutLimits:
        return workload_limits(plan, snapshot)

    def roll_back(self, plan: Plan, snapshot: TargetState, key: str) -> RollbackResult:
        api, target = self._clusters(plan.target), plan.target
        workload = read_workload(api, target)
        running = template_hash(pod_template(workload))
        if running == template_hash(_named(api, target, workload, plan.draft.before["template"]).template):
            return UNTOUCHED
        return ROLLED_BACK if self._deploy(target, plan.draft.after, plan.draft.before) else CHANGED_BY_OTHERS

    def _deploy(self, target: Target, current: Facts, requested: Facts) -> bool:
        """Replaces the template named in `current` with the one named in `requested`.

        Returns:
            Whether the workload has it now. False, without a change, if it had neither.
        """
        api = self._clusters(target)
        is_expected = True

        def change(workload: Any) -> object | None:
            nonlocal is_expected
            running = template_hash(pod_template(workload))
            template = _named(api, target, workload, requested["template"]).template
            if running == template_hash(template):
                return None
            if running != template_hash(_named(api, target, workload, current["template"]).template):
                is_expected = False
                return None
            version = workload["metadata"]["resourceVersion"]
            return [
                {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
                {"op": "replace", "path": "/spec/template", "value": template},
            ]

        patch_object(api, workload_path(target), Patch.JSON, change)
        return is_expected


def _ownership(api: KubernetesApi, workload: Any) -> Facts:
    """Returns what would put the template back, and to which revision a person may revert it."""
    owner = owner_of(workload)
    if owner is None:
        return {"owner": "", "inGit": False, "revision": ""}
    return {"owner": owner.name, "inGit": owner.in_git, "revision": revision_before(api, owner)}


def _rejected_for(owner: str, facts: Facts, chosen: VersionChoice | PlanRejected) -> PlanRejected:
    """Returns that the rollback would be in vain, and what a person can do instead."""
    images = chosen.previous.images if isinstance(chosen, VersionChoice) else ""
    back = f", so that {images} runs" if images else ""
    if not facts["inGit"]:
        return PlanRejected(reason=f"{owner} owns it and would put the version back: change {owner}{back}")
    revision = f"to {facts['revision']}" if facts["revision"] else "to the revision before"
    return PlanRejected(
        reason=f"{owner} deploys it and would put the version back: revert in git {revision}{back}"
    )


def _versions_before(current: StoredTemplate, templates: Sequence[StoredTemplate]) -> list[Version]:
    """Returns the versions before the current one, the latest first, each once.

    Kubernetes gives a template that is rolled out again a new number. If the current template was stored
    before another with a lower number, the workload was rolled back from that other one: it is newer, and no
    version before.
    """
    versions: dict[str, Version] = {}
    for one in reversed(templates):
        if one.number < current.number and one.created <= current.created:
            versions.setdefault(one.version.id, one.version)
    versions.pop(current.version.id, None)
    return list(versions.values())[:MAX_EARLIER]


def _named(api: KubernetesApi, target: Target, workload: Any, name: object) -> StoredTemplate:
    for one in _stored_templates(api, target, workload):
        if one.name == name:
            return one
    raise NotFound(f"{target}: the cluster no longer stores {name}")


def _stored_templates(api: KubernetesApi, target: Target, workload: Any) -> list[StoredTemplate]:
    """Returns the templates that the cluster stores for the workload, oldest first."""
    kind = "replicasets" if target.workload is Workload.DEPLOYMENT else "controllerrevisions"
    selector = workload["spec"]["selector"].get("matchLabels") or {}
    owner = workload["metadata"]["uid"]
    templates = [
        _stored_template(one)
        for one in api.items(f"{namespace_path(target)}/{kind}", selector)
        if any(ref.get("uid") == owner for ref in one["metadata"].get("ownerReferences") or ())
    ]
    return sorted(templates, key=lambda one: one.number)


def _stored_template(stored: Any) -> StoredTemplate:
    """Parses a ReplicaSet (has a `spec`) or a ControllerRevision (its `data` is a patch of the workload)."""
    metadata = stored["metadata"]
    created = str(metadata["creationTimestamp"])
    if "spec" in stored:
        number = int((metadata.get("annotations") or {}).get(REVISION_ANNOTATION, 0))
        return StoredTemplate(metadata["name"], number, created, pod_template(stored))
    template = copy.deepcopy(stored["data"]["spec"]["template"])
    template.pop("$patch", None)
    return StoredTemplate(
        metadata["name"], stored["revision"], created, pod_template({"spec": {"template": template}})
    )
