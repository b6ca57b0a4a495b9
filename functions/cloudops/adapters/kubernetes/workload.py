"""A Deployment or StatefulSet as its API tells it: what it wants, what runs, how far its rollout is."""

import copy
import json
from typing import Any, Final
from urllib.parse import quote

from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.catalog.declaration import Target, Workload
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Progress, RolloutStatus
from cloudops.remediation.plan import Facts, TargetState

PLURALS: Final = {Workload.DEPLOYMENT: "deployments", Workload.STATEFUL_SET: "statefulsets"}
KINDS: Final = {Workload.DEPLOYMENT: "Deployment", Workload.STATEFUL_SET: "StatefulSet"}
HASH: Final = "pod-template-hash"
"""The label by which the Deployment controller tells its ReplicaSets apart; it is no part of a template."""
WORKLOADS: Final = tuple(PLURALS.values())


def path_of(target: Target) -> str:
    """Of the workload in its API."""
    return f"{collection(target)}/{PLURALS[target.workload]}/{quote(target.name, safe='')}"


def collection(target: Target) -> str:
    """Of what is in its namespace, in the group `apps`."""
    return f"/apis/apps/v1/namespaces/{quote(target.namespace, safe='')}"


def read(api: KubernetesApi, target: Target) -> Any:
    """The object (Any: its schema is the cluster's); NotFound names it."""
    return api.get(path_of(target))


def template_of(workload: Any) -> Any:
    """The pod template less the label of a ReplicaSet, so that equal ones are equal."""
    template = copy.deepcopy(workload["spec"]["template"])
    template.get("metadata", {}).get("labels", {}).pop(HASH, None)
    template.get("metadata", {}).pop("creationTimestamp", None)
    return template


def fingerprint(template: Any) -> str:
    """The same for the same template, however its keys are ordered."""
    return stable_id(json.dumps(template, sort_keys=True))


def images(template: Any) -> str:
    """The images of its containers, as a person compares two versions."""
    return ", ".join(one.get("image", "") for one in template["spec"]["containers"])


def observed(workload: Any, now: EpochMillis, facts: Facts, *configuration: object) -> TargetState:
    """`configuration` is what an action depends on beside the template: the mark changes when that does."""
    progress, _ = progress_of(workload)
    return TargetState(
        at=now,
        mark=stable_id(
            workload["metadata"]["uid"], fingerprint(template_of(workload)), *map(str, configuration)
        ),
        desired=wanted(workload),
        healthy=workload.get("status", {}).get("readyReplicas", 0),
        settled=progress is Progress.SETTLED,
        facts=facts,
    )


def wanted(workload: Any) -> int:
    """Replicas; one where nobody says, as the API has it."""
    count: int = workload["spec"].get("replicas", 1)
    return count


def look_at(workload: Any, now: EpochMillis) -> RolloutStatus:
    progress, reason = progress_of(workload)
    return RolloutStatus(progress=progress, reason=reason, observed=observed(workload, now, {}))


def progress_of(workload: Any) -> tuple[Progress, str]:
    """As `kubectl rollout status` reads it, and the words for it."""
    status, count = workload.get("status", {}), wanted(workload)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    said = f"{ready} of {count} pods are ready, {updated} of the latest version"
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return Progress.MOVING, "the cluster has not taken it up yet"
    for one in status.get("conditions", ()):
        if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
            return Progress.FAILED, f"the rollout failed: {one.get('message') or 'its deadline passed'}"
    if updated < count or status.get("replicas", 0) > max(updated, count) or ready < count:
        return Progress.MOVING, said
    if status.get("updateRevision", "") != status.get("currentRevision", "") and count:
        return Progress.MOVING, said
    return Progress.SETTLED, f"{ready} of {count} pods are ready"


def stands_still(workload: Any) -> str:
    """Why a new template would not be rolled out, or ""."""
    if workload["spec"].get("paused"):
        return "somebody paused its rollout"
    if (workload["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        return "it replaces pods only when somebody deletes them (OnDelete)"
    return ""


def disturbed(workload: Any) -> int:
    """How many pods a rollout may take away at once: of a Deployment as its strategy says, a quarter where it
    says nothing; of a StatefulSet one at a time."""
    if workload["kind"] == KINDS[Workload.STATEFUL_SET]:
        return min(1, wanted(workload))
    strategy = workload["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return wanted(workload)
    told = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", "25%")
    if isinstance(told, str) and told.endswith("%"):
        return wanted(workload) * int(told[:-1]) // 100
    return min(int(told), wanted(workload))
