"""Workloads that Argo CD, Flux or another controller owns: recognized, and not changed in vain."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.adapters.executors.eks_scale import EksScale
from cloudops.adapters.kubernetes.ownership import Owner, owner_of, puts_back
from cloudops.catalog.declaration import Limits
from cloudops.core.ids import ExecutionId
from cloudops.remediation.executor import Executor
from cloudops.remediation.plan import PlannedChange, PlanRejected
from cloudops.remediation.versions import VersionHistory
from tests.contracts.executors.eks_benches import DEPLOYMENT, Place
from tests.fakes.incident_factory import NOON
from tests.fakes.kubernetes import AUTOSCALING
from tests.fakes.plan_factory import NO_HISTORY

ARGO = {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/web"}
FLUX = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
HELM = {"helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "shop"}
APPLICATION = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web"
KUSTOMIZATION = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps"
HELM_RELEASE = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/web"


@pytest.fixture
def web() -> Iterator[Place]:
    with ExitStack() as open_:
        yield Place(open_, DEPLOYMENT)


def deployment(
    labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None, **metadata: Any
) -> dict[str, Any]:
    named = {"name": "web", "namespace": "shop", "labels": labels or {}, "annotations": annotations or {}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {**named, **metadata}}


def owner_name(manifest: dict[str, Any]) -> str:
    owner = owner_of(manifest)
    return owner.name if owner else ""


@pytest.mark.parametrize(
    ("manifest", "name"),
    [
        (deployment(annotations=ARGO), "Argo CD application web"),
        (deployment({"argocd.argoproj.io/instance": "web"}), "Argo CD application web"),
        (deployment({"argocd.argoproj.io/instance": "team-a_web"}), "Argo CD application web"),
        (deployment(FLUX), "Flux Kustomization flux-system/apps"),
        (deployment(HELM), "Flux HelmRelease shop/web"),
        (
            deployment(ownerReferences=[{"kind": "Prometheus", "name": "k8s", "controller": True}]),
            "Prometheus k8s",
        ),
    ],
)
def test_an_owner_is_recognized_by_its_mark(manifest: dict[str, Any], name: str) -> None:
    assert owner_name(manifest) == name


@pytest.mark.parametrize(
    "manifest",
    [
        deployment(),
        deployment({"app.kubernetes.io/instance": "web", "app.kubernetes.io/managed-by": "Helm"}),
        deployment(annotations={"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/other"}),
        deployment(annotations={"argocd.argoproj.io/tracking-id": "web:apps/StatefulSet:shop/web"}),
        deployment(annotations={"argocd.argoproj.io/tracking-id": "web:apps/Deployment:dev/web"}),
        deployment(FLUX, {"kustomize.toolkit.fluxcd.io/reconcile": "disabled"}),
        deployment(FLUX, {"kustomize.toolkit.fluxcd.io/ssa": "Ignore"}),
        deployment(FLUX, {"kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent"}),
        deployment(ownerReferences=[{"kind": "ClusterServiceVersion", "name": "web"}]),
    ],
)
def test_what_proves_no_owner_is_not_taken_for_one(manifest: dict[str, Any]) -> None:
    assert owner_of(manifest) is None


@pytest.mark.parametrize("policy", ["Merge", "Override"])
def test_flux_puts_fields_back_that_it_merges(policy: str) -> None:
    assert owner_name(deployment(FLUX, {"kustomize.toolkit.fluxcd.io/ssa": policy}))


def managed_by(manager: str, operation: str, *fields: str) -> dict[str, Any]:
    spec: dict[str, Any] = {f"f:{name}": {} for name in fields}
    return {"manager": manager, "operation": operation, "fieldsV1": {"f:spec": spec}}


ARGO_OWNER = Owner("Argo CD application web", "argocd-controller", APPLICATION)


@pytest.mark.parametrize(
    ("entries", "is_put_back"),
    [
        ([managed_by("argocd-controller", "Apply", "replicas", "template")], True),
        ([managed_by("argocd-controller", "Apply", "template")], False),
        # Ownership of an update moves to the next writer, so its absence shows nothing.
        ([managed_by("argocd-controller", "Update", "template")], True),
        ([managed_by("kubectl", "Apply", "template")], True),
        ([], True),
    ],
)
def test_a_count_is_put_back_unless_the_owner_is_known_to_leave_it_out(
    entries: list[dict[str, Any]], is_put_back: bool
) -> None:
    manifest = deployment(managedFields=entries)
    assert puts_back(ARGO_OWNER, manifest, "replicas") is is_put_back


@pytest.mark.parametrize(
    ("applied", "is_put_back"),
    [
        (json.dumps({"spec": {"replicas": 2}}), True),
        (json.dumps({"spec": {"template": {}}}), False),
        (json.dumps({}), True),
        (json.dumps([]), True),
        ("{", True),
    ],
)
def test_the_last_applied_manifest_shows_whether_git_sets_a_count(applied: str, is_put_back: bool) -> None:
    manifest = deployment(annotations={"kubectl.kubernetes.io/last-applied-configuration": applied})
    assert puts_back(ARGO_OWNER, manifest, "replicas") is is_put_back


def test_a_manifest_that_was_applied_says_nothing_of_an_owner_that_is_no_manifest() -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps({"spec": {}})}
    assert puts_back(Owner("ScaledObject web", in_git=False), deployment(annotations=applied), "replicas")


def reason_of(executor: Executor, place: Place, history: VersionHistory = NO_HISTORY) -> str | PlannedChange:
    draft = executor.plan(place.target, executor.observe(place.target, NOON), Limits(), history)
    return draft.reason if isinstance(draft, PlanRejected) else draft


def argo_history(*revisions: str) -> dict[str, Any]:
    """Returns an application with a history, oldest first, as Argo CD lists it."""
    history = [
        {"id": number, "revision": revision, "deployedAt": "2026-01-01T00:00:00Z"}
        for number, revision in enumerate(revisions)
    ]
    return {"status": {"history": history}}


def test_a_rollback_of_what_argo_cd_deploys_is_rejected_with_the_revision_to_revert_to(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    web.cluster.objects[APPLICATION] = argo_history("abc1", "abc1", "abc2", "abc2")
    assert reason_of(EksRollback(lambda _: web.api), web) == (
        "Argo CD application web deploys it and would put the version back: "
        "revert in git to abc1, so that web:1 runs"
    )


def test_the_sources_of_an_application_have_a_revision_each(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    deployed = {"deployedAt": "2026-01-01T00:00:00Z"}
    entries = [
        {"id": 1, "revisions": ["a1", "1.0"], **deployed},
        {"id": 2, "revisions": ["a2", "1.0"], **deployed},
    ]
    web.cluster.objects[APPLICATION] = {"status": {"history": entries}}
    assert "revert in git to a1, 1.0," in str(reason_of(EksRollback(lambda _: web.api), web))


def test_a_rollback_of_what_flux_deploys_is_rejected_with_the_revision_to_revert_to(web: Place) -> None:
    web.workload["metadata"]["labels"] = FLUX
    succeeded, failed = "ReconciliationSucceeded", "HealthCheckFailed"
    history = [
        {"lastReconciledStatus": status, "metadata": {"revision": f"main@sha1:{commit}"}}
        for commit, status in (("c4", failed), ("c3", succeeded), ("c2", failed), ("c1", succeeded))
    ]
    web.cluster.objects[KUSTOMIZATION] = {"status": {"history": history}}
    assert reason_of(EksRollback(lambda _: web.api), web) == (
        "Flux Kustomization flux-system/apps deploys it and would put the version back: "
        "revert in git to main@sha1:c1, so that web:1 runs"
    )


def test_a_rollback_of_a_helm_release_names_the_chart_before(web: Place) -> None:
    web.workload["metadata"]["labels"] = HELM
    history = [{"chartName": "web", "chartVersion": f"1.{n}.0", "version": n} for n in (3, 2)]
    web.cluster.objects[HELM_RELEASE] = {"status": {"history": history}}
    assert "revert in git to web 1.2.0," in str(reason_of(EksRollback(lambda _: web.api), web))


@pytest.mark.parametrize(
    "status", [None, {}, {"history": []}, {"history": argo_history("a")["status"]["history"]}]
)
def test_a_revision_that_is_not_known_is_not_named(web: Place, status: dict[str, Any] | None) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    if status is not None:
        web.cluster.objects[APPLICATION] = {"status": status}
    assert "revert in git to the revision before, so that web:1 runs" in str(
        reason_of(EksRollback(lambda _: web.api), web)
    )


def test_without_a_version_to_return_to_the_owner_is_named_all_the_same(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    observed = EksRollback(lambda _: web.api).observe(web.target, NOON)
    left = {one.id: ExecutionId("inc_1.x1") for one in observed.earlier}
    history = VersionHistory(abandoned=left, good={})
    assert reason_of(EksRollback(lambda _: web.api), web, history) == (
        "Argo CD application web deploys it and would put the version back: "
        "revert in git to the revision before"
    )


def test_a_rollback_of_what_another_controller_owns_names_that_controller(web: Place) -> None:
    web.workload["metadata"]["ownerReferences"] = [{"kind": "Prometheus", "name": "k8s", "controller": True}]
    assert reason_of(EksRollback(lambda _: web.api), web) == (
        "Prometheus k8s owns it and would put the version back: change Prometheus k8s, so that web:1 runs"
    )


def test_a_restart_of_what_argo_cd_deploys_is_planned_and_names_it(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    draft = reason_of(EksRestart(lambda _: web.api), web)
    assert isinstance(draft, PlannedChange)
    assert draft.summary == (
        "replace 2 pods with new ones of the same version; Argo CD application web deploys them"
    )


def test_a_count_that_git_sets_is_not_changed(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    assert reason_of(EksScale(lambda _: web.api), web) == (
        "Argo CD application web sets its replicas and would put it back: change it in git"
    )


def test_a_count_that_git_leaves_out_is_changed(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    web.workload["metadata"]["managedFields"] = [managed_by("argocd-controller", "Apply", "template")]
    draft = reason_of(EksScale(lambda _: web.api), web)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"replicas": 3}


def test_the_owner_of_an_autoscaler_counts_and_not_that_of_its_workload(web: Place) -> None:
    web.workload["metadata"]["annotations"].update(ARGO)
    web.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    draft = reason_of(EksScale(lambda _: web.api), web)
    assert isinstance(draft, PlannedChange)
    assert draft.after == {"minReplicas": 3}

    scaler = web.cluster.objects[f"{AUTOSCALING}/horizontalpodautoscalers/web"]
    scaler["metadata"]["ownerReferences"] = [{"kind": "ScaledObject", "name": "web", "controller": True}]
    assert reason_of(EksScale(lambda _: web.api), web) == (
        "ScaledObject web sets the minimum of its autoscaler web and would put it back: "
        "change it in ScaledObject web"
    )
    tracked = "web:autoscaling/HorizontalPodAutoscaler:shop/web"
    scaler["metadata"] = {**scaler["metadata"], "ownerReferences": []}
    scaler["metadata"]["annotations"] = {"argocd.argoproj.io/tracking-id": tracked}
    assert str(reason_of(EksScale(lambda _: web.api), web)).startswith(
        "Argo CD application web sets the minimum of its autoscaler web"
    )
