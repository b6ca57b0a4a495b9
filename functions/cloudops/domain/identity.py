"""Which service, environment, region and account an alert is about, and the reason why.

The knowledge is ordered data: of all the tags, dimensions and labels that could name the service, the
key that stands first in the list wins, and of equal keys the one whose source is listed first.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from cloudops.domain.environments import canonical_environment, environment_in, without_environment
from cloudops.domain.resources import RESOURCE_KINDS, canonical_key, resource_name, resource_of, workload_of

DECLARED_SERVICE: Final = (
    "service", "svc", "ddservice", "servicename", "microservice", "appkubernetesioname", "app", "application",
    "appname", "applicationname", "kubeappname", "k8sapp",
)  # fmt: skip
"""Keys by which people declare the service."""

DERIVED_SERVICE: Final = (
    "ecsservice", "ecsservicename", "kubedeployment", "deployment", "kubestatefulset", "statefulset",
    "kubedaemonset", "daemonset", "kubeownerrefname", "workload", "kubecronjob", "cronjob", "kubejob", "jobname",
    "taskdefinitionfamily", "taskfamily", "ecstaskfamily", "functionname", "lambdafunction", "apiname",
    "statemachinearn", "statemachinename", "targetgroup", "targetgroupname", "podname", "pod", "kubepod",
    "containername", "kubecontainername", "ecscontainername", "container", "autoscalinggroupname",
    "autoscalinggroup", "dbclusteridentifier", "dbinstanceidentifier", "replicationgroupid", "cacheclusterid",
    "tablename", "queuename", "topicname", "streamname", "deliverystreamname", "loadbalancer",
    "loadbalancername", "domainname", "bucketname", "job",
)  # fmt: skip
"""Keys of things that usually carry the name of the service that they belong to."""

ENVIRONMENT: Final = ("env", "environment", "stage", "envname", "environmentname", "deploymentenvironment")
"""Keys by which people declare the environment."""

ENVIRONMENT_HINT: Final = (
    "namespace", "kubenamespace", "kubernetesnamespace", "cluster", "clustername", "kubeclustername", "ecscluster",
    "ecsclustername", "apiname", "servicename", "targetgroup", "loadbalancer", "autoscalinggroupname",
    "functionname", "dbinstanceidentifier", "dbclusteridentifier", "queuename", "tablename", "topicname",
)  # fmt: skip
"""Keys of things whose name often carries the environment as a word."""

REGION: Final = ("region", "awsregion", "cloudregion", "topologykubernetesioregion", "ec2region")
ZONE: Final = ("availabilityzone", "az", "zone", "awsavailabilityzone", "topologykubernetesiozone")
ACCOUNT: Final = ("awsaccount", "awsaccountid", "accountid", "account", "cloudaccountid")

NO_VALUE: Final = frozenset({"", "*", "n/a", "none", "null", "undefined", "unknown", "-"})
EXPORTERS: Final = (
    "kube-state-metrics",
    "node-exporter",
    "cadvisor",
    "kubelet",
    "blackbox-exporter",
    "pushgateway",
)
"""Endings of a Prometheus job or service that names who measured, not what is measured."""
SIDECARS: Final = frozenset({"pod", "istio-proxy", "envoy", "linkerd-proxy", "main", "app", "container"})
"""Container names that say nothing about the service."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Empty strings where nothing tells it. `resources` are sorted "kind:name" strings."""

    service: str = ""
    service_reason: str = ""
    environment: str = ""
    environment_reason: str = ""
    region: str = ""
    account: str = ""
    resources: tuple[str, ...] = ()


class _Meaning(NamedTuple):
    """What a key is good for: ranks order the keys, lower first; None where it is no such key."""

    service: int | None
    declared: bool
    environment: int | None
    hint: bool
    region: int | None
    zone: bool
    account: int | None
    kind: str


def _rank(key: str, *lists: tuple[str, ...]) -> int | None:
    ordered = [one for keys in lists for one in keys]
    return ordered.index(key) if key in ordered else None


@lru_cache(maxsize=4096)
def _meaning(key: str) -> _Meaning | None:
    """What a key says, or None for the many that say nothing."""
    plain = canonical_key(key)
    meaning = _Meaning(
        service=_rank(plain, DECLARED_SERVICE, DERIVED_SERVICE),
        declared=plain in DECLARED_SERVICE and plain != "servicename",
        environment=_rank(plain, ENVIRONMENT, ENVIRONMENT_HINT),
        hint=plain in ENVIRONMENT_HINT,
        region=_rank(plain, REGION, ZONE),
        zone=plain in ZONE,
        account=_rank(plain, ACCOUNT),
        kind=RESOURCE_KINDS.get(plain, ""),
    )
    return None if meaning == _SILENT else meaning


_SILENT: Final = _Meaning(None, False, None, False, None, False, None, "")
_LAST: Final = 1_000


def identify(facts: Iterable[tuple[str, Mapping[str, str]]], name: str = "") -> Identity:
    """Who and where an alert is, from facts such as ("tag", {...}), ("dimension", {...}), most trusted
    first, and then from the alert's own name. The reason is the source and key, "dimension FunctionName"."""
    service = environment = region = account = (_LAST, "", "")
    resources: set[str] = set()
    for origin, entries in facts:
        for key, value in entries.items():
            meaning = _meaning(key)
            if meaning is None or value.lower() in NO_VALUE:
                continue
            if meaning.kind:
                resources.add(resource_of(meaning.kind, value))
            if meaning.service is not None and meaning.service < service[0]:
                found = _service_of(key, meaning, value)
                service = (meaning.service, found, f"{origin} {key}") if found else service
            if meaning.environment is not None and meaning.environment < environment[0]:
                found = _environment_of(meaning, value)
                environment = (meaning.environment, found, f"{origin} {key}") if found else environment
            if meaning.region is not None and meaning.region < region[0]:
                region = (meaning.region, _region_of(meaning, value), key)
            if meaning.account is not None and meaning.account < account[0]:
                account = (meaning.account, value.strip()[:64], key)
    if not environment[1] and (part := environment_in(name)):
        environment = (_LAST, part.environment, _name_reason(part.place, part.word))
    return Identity(
        service=service[1],
        service_reason=service[2],
        environment=environment[1],
        environment_reason=environment[2],
        region=region[1],
        account=account[1],
        resources=tuple(sorted(resources)),
    )


def _name_reason(place: str, word: str) -> str:
    return {"prefix": f"name prefix {word}-", "suffix": f"name suffix -{word}"}.get(
        place, f"name part {word}"
    )


def _service_of(key: str, meaning: _Meaning, value: str) -> str:
    name = resource_name(meaning.kind, value) if meaning.kind else value.strip()[:256]
    lowered = name.lower()
    if lowered.endswith(EXPORTERS):
        return ""
    if meaning.declared:
        return lowered
    if meaning.kind == "pod":
        lowered = workload_of(lowered)
    if "container" in key.lower() and lowered in SIDECARS:
        return ""
    return without_environment(lowered)


def _environment_of(meaning: _Meaning, value: str) -> str:
    if not meaning.hint:
        return canonical_environment(value)[:64]
    part = environment_in(value)
    return part.environment if part else ""


def _region_of(meaning: _Meaning, value: str) -> str:
    lowered = value.strip().lower()[:64]
    return lowered[:-1] if meaning.zone and lowered[-1:].isalpha() and lowered[-2:-1].isdigit() else lowered
