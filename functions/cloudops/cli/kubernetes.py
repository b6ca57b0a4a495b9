"""`cloudops kubernetes rbac`: what a cluster's administrator applies so that the executors may act there."""

import argparse
from collections import defaultdict
from typing import Final

import yaml

from cloudops.adapters.executors.registry import EXECUTORS
from cloudops.catalog.declaration import Platform
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Permissions

API: Final = "rbac.authorization.k8s.io"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    said = "Print the ClusterRoles that the executors need, and their bindings to groups."
    rbac = verbs.add_parser("rbac", help=said, description=said)
    rbac.add_argument(
        "--namespace", metavar="NAME", help="bind in this namespace alone (default: in the whole cluster)"
    )


def run(options: argparse.Namespace) -> str:
    """YAML documents: for each action a role made of what its executor declares, and a binding to the group
    `cloudops:ACTION` that an access entry of the cluster gives to the executor's IAM role."""
    documents: list[dict[str, object]] = []
    for (platform, action), entry in EXECUTORS.items():
        if platform is Platform.EKS:
            documents += [_role(action, entry.permissions), _binding(action, options.namespace or "")]
    return yaml.safe_dump_all(documents, sort_keys=False).rstrip()


def _role(action: Action, permissions: Permissions) -> dict[str, object]:
    verbs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for permission in permissions:
        if permission.startswith("k8s:"):
            _, verb, resource = permission.split(":")
            group, _, kind = resource.partition("/")
            verbs[group, kind].append(verb)
    rules = [
        {"apiGroups": [group], "resources": [kind], "verbs": sorted(found)}
        for (group, kind), found in sorted(verbs.items())
    ]
    return {
        "apiVersion": f"{API}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": _name(action)},
        "rules": rules,
    }


def _binding(action: Action, namespace: str) -> dict[str, object]:
    where = {"namespace": namespace} if namespace else {}
    return {
        "apiVersion": f"{API}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {"name": _name(action), **where},
        "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": _name(action)},
        "subjects": [{"apiGroup": API, "kind": "Group", "name": f"cloudops:{_dashed(action)}"}],
    }


def _name(action: Action) -> str:
    return f"cloudops-{_dashed(action)}"


def _dashed(action: Action) -> str:
    return action.replace("_", "-")
