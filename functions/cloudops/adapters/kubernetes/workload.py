"""Reads a Deployment or StatefulSet: desired and ready pods, pod template, progress of its rollout."""

import copy
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.catalog.declaration import Target, Workload
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Progress, RolloutStatus
from cloudops.remediation.plan import Facts, TargetState, Version

PLURALS: Final = {Workload.DEPLOYMENT: "deployments", Workload.STATEFUL_SET: "statefulsets"}
KINDS: Final = {Workload.DEPLOYMENT: "Deployment", Workload.STATEFUL_SET: "StatefulSet"}
TEMPLATE_HASH_LABEL: Final = "pod-template-hash"
"""The label that the Deployment controller adds to distinguish its ReplicaSets; not part of the template."""
WORKLOADS: Final = tuple(PLURALS.values())
RESTARTED_AT: Final = "kubectl.kubernetes.io/restartedAt"
EXECUTION_ANNOTATION: Final = "cloudops/execution"
"""The annotation that contains the idempotency key of the execution, by which an earlier attempt is
recognized."""


def workload_path(target: Target) -> str:
    """Returns the API path of the workload."""
    return f"{namespace_path(target)}/{PLURALS[target.workload]}/{quote(target.name, safe='')}"


def namespace_path(target: Target) -> str:
    """Returns the API path of the target's namespace in the group `apps`."""
    return f"/apis/apps/v1/namespaces/{quote(target.namespace, safe='')}"


def read_workload(api: KubernetesApi, target: Target) -> Any:
    """Reads the workload (Any: the cluster defines its schema); raises NotFound if there is none."""
    return api.get(workload_path(target))


def pod_template(workload: Any) -> Any:
    """Returns the pod template without the values that controllers add, so that equal templates compare
    equal."""
    template = copy.deepcopy(workload["spec"]["template"])
    template.get("metadata", {}).get("labels", {}).pop(TEMPLATE_HASH_LABEL, None)
    template.get("metadata", {}).pop("creationTimestamp", None)
    return template


def template_hash(template: Any) -> str:
    """Returns a hash of the template, independent of the order of its keys."""
    return stable_id(json.dumps(template, sort_keys=True))


def version_id(template: Any) -> str:
    """Returns the id of the version in a template of `pod_template`: a hash without the annotations of a
    restart, since a restarted version is the same version in another ReplicaSet."""
    plain = copy.deepcopy(template)
    metadata = plain.get("metadata") or {}
    annotations = metadata.get("annotations") or {}
    for name in (RESTARTED_AT, EXECUTION_ANNOTATION):
        annotations.pop(name, None)
    if not annotations:
        metadata.pop("annotations", None)
    return template_hash(plain)


def images(template: Any) -> str:
    """Returns the images of the containers, for people to compare two versions."""
    return ", ".join(one.get("image", "") for one in template["spec"]["containers"])


def workload_state(
    workload: Any,
    now: EpochMillis,
    facts: Facts,
    *configuration: object,
    running: str = "",
    earlier: Sequence[Version] = (),
) -> TargetState:
    """Returns the state of the workload.

    Args:
        workload: The Deployment or StatefulSet.
        now: The time of the reading.
        facts: What the executor needs to act and to roll back.
        configuration: Values other than the template that the action depends on; the mark changes with them.
        running: The name of the stored template that runs, or "" if the action does not name it.
        earlier: The versions before it.
    """
    progress, _ = rollout_progress(workload)
    template = pod_template(workload)
    version = Version(id=version_id(template), name=running or images(template), images=images(template))
    return TargetState(
        at=now,
        mark=stable_id(workload["metadata"]["uid"], template_hash(template), *map(str, configuration)),
        desired=desired_replicas(workload),
        healthy=workload.get("status", {}).get("readyReplicas", 0),
        settled=progress is Progress.SETTLED,
        version=version,
        earlier=tuple(earlier),
        facts=facts,
    )


def desired_replicas(workload: Any) -> int:
    """Returns the desired replicas; the API's default is 1."""
    count: int = workload["spec"].get("replicas", 1)
    return count


def rollout_of(workload: Any, now: EpochMillis) -> RolloutStatus:
    """Returns the progress of the rollout, with the state of the workload."""
    progress, reason = rollout_progress(workload)
    return RolloutStatus(progress=progress, reason=reason, observed=workload_state(workload, now, {}))


def rollout_progress(workload: Any) -> tuple[Progress, str]:
    """Returns the progress by the rules of `kubectl rollout status`, with the reason."""
    status, count = workload.get("status", {}), desired_replicas(workload)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    counts = f"{ready} of {count} pods are ready, {updated} of the latest version"
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return Progress.MOVING, "the controller has not observed the change yet"
    for one in status.get("conditions", ()):
        if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
            return Progress.FAILED, f"the rollout failed: {one.get('message') or 'its deadline passed'}"
    if updated < count or status.get("replicas", 0) > max(updated, count) or ready < count:
        return Progress.MOVING, counts
    if status.get("updateRevision", "") != status.get("currentRevision", "") and count:
        return Progress.MOVING, counts
    return Progress.SETTLED, f"{ready} of {count} pods are ready"


def rollout_blocker(workload: Any) -> str:
    """Returns why a new template would not be rolled out, or ""."""
    if workload["spec"].get("paused"):
        return "its rollout is paused"
    if (workload["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        return "its update strategy is OnDelete: pods are replaced only when a person deletes them"
    return ""


def unavailable_pods(workload: Any) -> int:
    """Returns how many pods a rollout may make unavailable at once.

    A Deployment follows its strategy, by default a quarter, rounded down. A StatefulSet replaces one pod at a
    time.
    """
    if workload["kind"] == KINDS[Workload.STATEFUL_SET]:
        return min(1, desired_replicas(workload))
    strategy = workload["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return desired_replicas(workload)
    max_unavailable = (strategy.get("rollingUpdate") or {}).get("maxUnavailable", "25%")
    if isinstance(max_unavailable, str) and max_unavailable.endswith("%"):
        return desired_replicas(workload) * int(max_unavailable[:-1]) // 100
    return min(int(max_unavailable), desired_replicas(workload))
