"""Reads a Deployment or StatefulSet: desired and ready pods, pod template, progress of its rollout."""

import copy
import json
from collections.abc import Sequence
from math import ceil, floor
from typing import Any, Final
from urllib.parse import quote

from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.catalog.declaration import Target, Workload
from cloudops.core.ids import stable_id
from cloudops.core.time import EpochMillis
from cloudops.remediation.executor import Progress, RolloutLimits, RolloutStatus, limits_by_batches
from cloudops.remediation.plan import Facts, Plan, TargetState, Version

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


def rollout_of(workload: Any, now: EpochMillis, *, had_failed: bool = False) -> RolloutStatus:
    """Returns the progress of the rollout, with the state of the workload.

    Args:
        workload: The Deployment or StatefulSet.
        now: The time of the reading.
        had_failed: Whether the latest rollout had failed before the action, and the action starts no other: a
            scaling leaves the condition of that failure as it is.
    """
    progress, reason = rollout_progress(workload, had_failed=had_failed)
    return RolloutStatus(
        progress=progress,
        reason=reason,
        observed=workload_state(workload, now, {}),
        progress_mark=progress_mark(workload),
    )


def superseded_by(workload: Any, now: EpochMillis, what_runs: str) -> RolloutStatus:
    """Returns the status of a rollout in whose place something else runs."""
    return RolloutStatus(
        progress=Progress.SUPERSEDED,
        reason=what_runs,
        observed=workload_state(workload, now, {}),
        progress_mark=progress_mark(workload),
    )


def other_version(workload: Any, wanted: str) -> str:
    """Returns what runs if it is not the version with the id `wanted`, or ""."""
    template = pod_template(workload)
    if version_id(template) == wanted:
        return ""
    return f"another version runs than after the action: {images(template)}"


def rollout_progress(workload: Any, *, had_failed: bool = False) -> tuple[Progress, str]:
    """Returns the progress by the rules of `kubectl rollout status`, with the reason.

    A status without `observedGeneration` belongs to no known generation, so it counts as moving.
    """
    status, count = workload.get("status", {}), desired_replicas(workload)
    ready, updated = status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    counts = f"{ready} of {count} pods are ready, {updated} of the latest version"
    if status.get("observedGeneration", 0) < workload["metadata"].get("generation", 0):
        return Progress.MOVING, "the controller has not observed the change yet"
    if _deadline_passed(workload) and not had_failed:
        cause = _condition(workload, "Progressing").get("message") or "its deadline passed"
        return Progress.FAILED, f"the rollout failed: {cause}"
    if updated < count or status.get("replicas", 0) > max(updated, count) or ready < count:
        return Progress.MOVING, counts
    if status.get("updateRevision", "") != status.get("currentRevision", "") and count:
        return Progress.MOVING, counts
    return Progress.SETTLED, f"{ready} of {count} pods are ready"


def progress_mark(workload: Any) -> str:
    """Returns a mark that changes while the rollout advances: the generation that the controller has
    observed, the pods of the latest version, the ready pods, and when the Deployment controller last saw
    progress."""
    status = workload.get("status", {})
    counts = (status.get(name, 0) for name in ("observedGeneration", "updatedReplicas", "readyReplicas"))
    return "/".join((*map(str, counts), _condition(workload, "Progressing").get("lastUpdateTime", "")))


def _deadline_passed(workload: Any) -> bool:
    return bool(_condition(workload, "Progressing").get("reason") == "ProgressDeadlineExceeded")


def _condition(workload: Any, kind: str) -> Any:
    """Returns the condition of this type, or {} (Any: the cluster defines its schema)."""
    conditions = workload.get("status", {}).get("conditions") or ()
    return next((one for one in conditions if one["type"] == kind), {})


PROGRESS_DEADLINE_SECONDS: Final = 600
"""The API's default of `progressDeadlineSeconds`: after so long without progress the controller reports
failure (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/)."""
SPARE_SECONDS: Final = 120
"""Seconds beside those of the workload: for the controller to report its own deadline first, and to observe a
change."""
POD_SECONDS: Final = 300
"""Seconds for one pod to stop, be scheduled, pull its image and become ready, beside its termination grace
period and `minReadySeconds`: a new node takes two to four minutes of them."""
MAX_ADDED: Final = 500
"""Pods that a Deployment adds at once: all of a scaling. The controller creates up to 500 in one pass
(`BurstReplicas` of the ReplicaSet controller)."""
TERMINATION_GRACE_SECONDS: Final = 30
"""The API's default of `terminationGracePeriodSeconds`."""


def rollout_facts(workload: Any) -> Facts:
    """Returns what the length of a rollout depends on: its deadline and whether that has passed, the seconds
    that one pod may take, and how many pods are replaced or added at once."""
    spec = workload["spec"]
    pod = spec["template"].get("spec") or {}
    grace = pod.get("terminationGracePeriodSeconds", TERMINATION_GRACE_SECONDS)
    return {
        "deadlineSeconds": spec.get("progressDeadlineSeconds", PROGRESS_DEADLINE_SECONDS),
        "hadFailed": _deadline_passed(workload),
        "podSeconds": POD_SECONDS + grace + spec.get("minReadySeconds", 0),
        "replacedAtOnce": max(1, _replaced_at_once(workload)),
        "addedAtOnce": max(1, _added_at_once(workload)),
    }


def _replaced_at_once(workload: Any) -> int:
    """Returns how many pods a rollout replaces at once: for a StatefulSet one, by default; for a Deployment
    those that it may add and remove."""
    spec, count = workload["spec"], desired_replicas(workload)
    if workload["kind"] == KINDS[Workload.STATEFUL_SET]:
        rolling = (spec.get("updateStrategy") or {}).get("rollingUpdate") or {}
        return _share(rolling.get("maxUnavailable", 1), count, round_up=True)
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return count
    surge = (strategy.get("rollingUpdate") or {}).get("maxSurge", "25%")
    return _share(surge, count, round_up=True) + unavailable_pods(workload)


def _added_at_once(workload: Any) -> int:
    """Returns how many pods a scaling adds at once: those of a StatefulSet follow one another, unless its
    `podManagementPolicy` is Parallel, which does not affect rollouts
    (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/)."""
    ordered = workload["spec"].get("podManagementPolicy", "OrderedReady") == "OrderedReady"
    if workload["kind"] == KINDS[Workload.STATEFUL_SET] and ordered:
        return 1
    return MAX_ADDED


def workload_limits(plan: Plan, snapshot: TargetState) -> RolloutLimits:
    """Returns the limits of a rollout or scaling of a Deployment or StatefulSet.

    It may stay without progress for its `progressDeadlineSeconds`, after which the Deployment controller
    itself reports failure, or for as long as one pod takes, if that is longer. In all it may take as long as
    its batches of pods do, one after the other.
    """
    before, after = plan.draft.count_before, plan.draft.count_after
    if before is not None and after is not None:
        members, at_once = after - before, snapshot.facts["addedAtOnce"]
    else:
        members, at_once = snapshot.desired or 0, snapshot.facts["replacedAtOnce"]
    deadline, pod = (int(snapshot.facts[name] or 0) for name in ("deadlineSeconds", "podSeconds"))
    return limits_by_batches(
        stall_seconds=max(deadline, pod) + SPARE_SECONDS,
        batches=ceil(members / int(at_once or 1)),
        batch_seconds=pod,
    )


def rollout_blocker(workload: Any) -> str:
    """Returns why a new template would not be rolled out, or ""."""
    if workload["spec"].get("paused"):
        return "its rollout is paused"
    strategy = workload["spec"].get("updateStrategy") or {}
    if partition := (strategy.get("rollingUpdate") or {}).get("partition"):
        return f"its rollout is partitioned: pods below {partition} keep the version that they have"
    if strategy.get("type") == "OnDelete":
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
    return _share(max_unavailable, desired_replicas(workload), round_up=False)


def _share(value: object, count: int, *, round_up: bool) -> int:
    """Returns a number or a percentage of the pods, as `maxSurge` and `maxUnavailable` state it."""
    text = str(value)
    if not text.endswith("%"):
        return min(int(text), count)
    share = count * int(text[:-1]) / 100
    return ceil(share) if round_up else floor(share)
