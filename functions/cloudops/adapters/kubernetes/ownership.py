"""Recognizes what puts the fields of an object back: Argo CD, Flux, or the controller of another object.

Argo CD and Flux apply their manifests again, within seconds to minutes, so a version or a count that is not
in git does not stay. Fields that the manifest lacks do stay, in particular the annotation of a restart. Argo
CD restarts workloads by the same annotation (its `resource_customizations/apps/Deployment/actions/restart`),
and the server-side apply of Flux leaves the fields of other managers
(https://fluxcd.io/flux/faq/#why-are-kubectl-edits-rolled-back-by-flux).
"""

import json
from typing import Any, Final
from urllib.parse import quote

import msgspec

from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.core.errors import NotFound, Refused, Unavailable
from cloudops.remediation.executor import Permissions

TRACKING_ID: Final = "argocd.argoproj.io/tracking-id"
INSTANCE: Final = "argocd.argoproj.io/instance"
"""The marks of Argo CD (https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/). The label
`app.kubernetes.io/instance`, which it can use as well, proves nothing: Helm charts set it too."""
ARGO_NAMESPACE: Final = "argocd"
"""The namespace of applications whose mark names none."""
FLUX_KUSTOMIZE: Final = "kustomize.toolkit.fluxcd.io"
FLUX_HELM: Final = "helm.toolkit.fluxcd.io"
"""The API groups of Flux, and the prefixes of its labels `name` and `namespace`."""
_NOT_APPLIED: Final = {"reconcile": ("disabled",), "ssa": ("Ignore", "IfNotPresent")}
"""Annotations by which Flux leaves an object as it is
(https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources)."""
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_SUCCEEDED: Final = "ReconciliationSucceeded"

READ_OWNERS: Final[Permissions] = {
    "k8s:get:argoproj.io/applications": (),
    f"k8s:get:{FLUX_KUSTOMIZE}/kustomizations": (),
    f"k8s:get:{FLUX_HELM}/helmreleases": (),
}
"""What `revision_before` reads. Without it, a plan does not name the revision."""


class Owner(msgspec.Struct, frozen=True):
    """What puts an object's fields back.

    Attributes:
        name: For people: "Argo CD application shop", "Flux Kustomization apps/web", "ScaledObject web".
        manager: The field manager of its server-side apply, or "".
        path: The API path of the owner, if its history names revisions, or "".
        in_git: Whether its manifests are in git.
    """

    name: str
    manager: str = ""
    path: str = ""
    in_git: bool = True


def owner_of(manifest: Any) -> Owner | None:
    """Returns what puts the fields of an object back (Any: the cluster defines its schema), or None."""
    labels = manifest["metadata"].get("labels") or {}
    annotations = manifest["metadata"].get("annotations") or {}
    if application := _argo_application(manifest, {**labels, **annotations}):
        return _argo(application)
    if not _is_left_alone(annotations, labels):
        for group, kind, manager in (
            (FLUX_HELM, "HelmRelease", "helm-controller"),
            (FLUX_KUSTOMIZE, "Kustomization", "kustomize-controller"),
        ):
            if name := labels.get(f"{group}/name"):
                return _flux(group, kind, manager, labels.get(f"{group}/namespace", ""), name)
    for reference in manifest["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return Owner(f"{reference['kind']} {reference['name']}", in_git=False)
    return None


def _argo_application(manifest: Any, marks: Any) -> str:
    """Returns the application that the marks name, or "".

    A tracking id names its object as well, and counts for that object alone: it may be copied to another.
    """
    application, _, tracked = str(marks.get(TRACKING_ID, "")).partition(":")
    if tracked:
        metadata = manifest["metadata"]
        group = manifest.get("apiVersion", "").rpartition("/")[0]
        own = f"{group}/{manifest['kind']}:{metadata.get('namespace', '')}/{metadata['name']}"
        if tracked == own:
            return application
    return str(marks.get(INSTANCE, ""))


def _is_left_alone(annotations: Any, labels: Any) -> bool:
    return any(
        marks.get(f"{FLUX_KUSTOMIZE}/{name}") in values
        for name, values in _NOT_APPLIED.items()
        for marks in (annotations, labels)
    )


def _argo(application: str) -> Owner:
    namespace, _, name = application.rpartition("_")
    path = _path("argoproj.io/v1alpha1", namespace or ARGO_NAMESPACE, "applications", name)
    return Owner(f"Argo CD application {name}", "argocd-controller", path)


def _flux(group: str, kind: str, manager: str, namespace: str, name: str) -> Owner:
    version = "v2" if group == FLUX_HELM else "v1"
    path = _path(f"{group}/{version}", namespace, f"{kind.lower()}s", name)
    return Owner(f"Flux {kind} {namespace}/{name}", manager, path)


def _path(group: str, namespace: str, kind: str, name: str) -> str:
    return f"/apis/{group}/namespaces/{quote(namespace, safe='')}/{kind}/{quote(name, safe='')}"


def puts_back(owner: Owner, manifest: Any, field: str) -> bool:
    """Returns whether the owner puts `spec.<field>` of the object back.

    It does not if the fields that it applied lack this one. Where they are not known, it may, so the answer
    is True.
    """
    for entry in manifest["metadata"].get("managedFields") or ():
        if owner.manager and (entry.get("manager"), entry.get("operation")) == (owner.manager, "Apply"):
            return f"f:{field}" in ((entry.get("fieldsV1") or {}).get("f:spec") or {})
    applied = (manifest["metadata"].get("annotations") or {}).get(_LAST_APPLIED)
    if owner.in_git and applied:
        try:
            return field in json.loads(applied)["spec"]
        except (ValueError, KeyError, TypeError):
            return True
    return True


def revision_before(api: KubernetesApi, owner: Owner) -> str:
    """Returns the revision that the owner deployed before the present one, or "" if it is not known: the
    owner may be in another cluster, or the role may not read it."""
    if not owner.path:
        return ""
    try:
        status = api.get(owner.path).get("status") or {}
    except (NotFound, Refused, Unavailable):
        return ""
    revisions = [one for one in map(_revision, _newest_first(status.get("history") or [])) if one]
    return next((one for one in revisions if one != revisions[0]), "")


def _newest_first(history: list[Any]) -> list[Any]:
    """Returns the history of an owner, the newest first: Argo CD lists the oldest first, by number; Flux the
    newest first, also what it failed to apply."""
    if any("deployedAt" in one for one in history):
        return sorted(history, key=lambda one: one["id"], reverse=True)
    return [one for one in history if one.get("lastReconciledStatus", _SUCCEEDED) == _SUCCEEDED]


def _revision(entry: Any) -> str:
    """Returns the revision of an entry: of a source in git, of several, or of a Helm chart."""
    if chart := entry.get("chartVersion"):
        return f"{entry.get('chartName', '')} {chart}".strip()
    flux = (entry.get("metadata") or {}).get("revision", "")
    return str(entry.get("revision") or ", ".join(entry.get("revisions") or ()) or flux)
