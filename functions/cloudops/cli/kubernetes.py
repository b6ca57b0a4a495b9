"""`cloudops kubernetes rbac`: the roles that a cluster's administrator grants to the executors."""

import argparse
from collections import defaultdict
from typing import Final

import yaml

from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.catalog.declaration import Platform
from cloudops.cli.verbs import verbs_of
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Permissions

API: Final = "rbac.authorization.k8s.io"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    rbac = verbs_of(parser)(
        "rbac", "Print the ClusterRoles that the executors need, and their bindings to groups."
    )
    rbac.add_argument(
        "--namespace", metavar="NAME", help="bind in this namespace only (default: the whole cluster)"
    )


def run(options: argparse.Namespace) -> str:
    """Returns YAML documents, two per action: a ClusterRole and its binding.

    The role allows exactly what the executor declares. The binding is to the group `cloudops:ACTION`,
    which an access entry of the cluster gives to the executor's IAM role.
    """
    documents: list[dict[str, object]] = []
    for (platform, action), entry in EXECUTORS.items():
        if platform is Platform.EKS:
            documents += [_role(action, entry.permissions), _binding(action, options.namespace or "")]
    return yaml.safe_dump_all(documents, sort_keys=False).rstrip()


def _role(action: Action, permissions: Permissions) -> dict[str, object]:
    verbs_by_kind: dict[tuple[str, str], list[str]] = defaultdict(list)
    for permission in permissions:
        if permission.startswith("k8s:"):
            _, verb, resource = permission.split(":")
            group, _, kind = resource.partition("/")
            verbs_by_kind[group, kind].append(verb)
    rules = [
        {"apiGroups": [group], "resources": [kind], "verbs": sorted(verbs)}
        for (group, kind), verbs in sorted(verbs_by_kind.items())
    ]
    return {
        "apiVersion": f"{API}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": _name(action)},
        "rules": rules,
    }


def _binding(action: Action, namespace: str) -> dict[str, object]:
    scope = {"namespace": namespace} if namespace else {}
    return {
        "apiVersion": f"{API}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {"name": _name(action), **scope},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": _name(action)},
        "subjects": [{"apiGroup": API, "kind": "Group", "name": f"cloudops:{_dashed(action)}"}],
    }


def _name(action: Action) -> str:
    return f"cloudops-{_dashed(action)}"


def _dashed(action: Action) -> str:
    return action.replace("_", "-")
