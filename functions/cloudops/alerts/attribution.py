"""Which service, environment, region and account an alert is about, and the reason why.

The knowledge is ordered data: of all the tags, dimensions and labels that could name the service, the key
that stands first in the list wins, and of equal keys the one that the caller told first.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import msgspec

from cloudops.alerts.environments import (
    SPELLINGS,
    canonical_environment,
    find_environment,
    without_environment,
)
from cloudops.alerts.resources import LONGEST, RESOURCE_KINDS, resource_name, resource_of, strip_kind_suffix

DECLARED_SERVICE: Final = """
    service svc ddservice microservice appkubernetesioname app application appname applicationname
    kubeappname k8sapp
"""
"""Keys by which people declare the service, best first, less their case and punctuation."""

DERIVED_SERVICE: Final = """
    servicename ecsservice ecsservicename kubedeployment deployment deploymentname kubestatefulset
    statefulset kubedaemonset daemonset kubeownerrefname workload kubecronjob cronjob kubejob jobname
    taskdefinitionfamily taskfamily ecstaskfamily functionname lambdafunction lambdafunctionname apiname
    statemachinearn statemachinename helmrelease targetgroup targetgroupname podname pod kubepod
    kubernetespodname containername kubecontainername ecscontainername container autoscalinggroupname
    autoscalinggroup dbclusteridentifier dbinstanceidentifier replicationgroupid cacheclusterid tablename
    queuename topicname streamname deliverystreamname loadbalancer loadbalancername domainname bucketname job
"""
"""Keys of things that usually carry the name of the service that they belong to."""

ENVIRONMENT: Final = "env environment stage envname environmentname deploymentenvironment"
"""Keys by which people declare the environment."""

ENVIRONMENT_HINT: Final = f"""
    kubenamespace namespace kubernetesnamespace clustername cluster kubecluster kubeclustername
    kubernetescluster ecscluster ecsclustername {DERIVED_SERVICE}
"""
"""Keys of things whose name often carries the environment as a word."""

REGION: Final = "region awsregion cloudregion topologykubernetesioregion ec2region"
ZONE: Final = "availabilityzone az zone awsavailabilityzone topologykubernetesiozone"
ACCOUNT: Final = "awsaccount awsaccountid accountid account cloudaccountid"

NO_VALUE: Final = frozenset(
    {"", "*", "-", "n/a", "N/A", "none", "None", "null", "nil", "undefined", "unknown", "Unknown"}
)
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

_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_AWS_ZONE: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
_OWN_WORD: Final = re.compile(r"[\w -]+")
_AWS_PRODUCT: Final = re.compile(r"A(?:mazon|WS)[A-Z]\w*")
"""A ServiceName of AWS/Billing or AWS/Usage, which is a product, not a service of ours."""


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Empty strings where nothing tells it. `resources` are sorted "kind:name" strings."""

    service: str = ""
    service_reason: str = ""
    environment: str = ""
    environment_reason: str = ""
    region: str = ""
    account: str = ""
    resources: tuple[str, ...] = ()


class _Meaning(NamedTuple):
    """What a key is good for: the kind of thing that it names, and its ranks in the lists above."""

    plain: str
    kind: str
    service: int
    environment: int
    place: int
    account: int


_Told: TypeAlias = tuple[int, str, str, str, str]
"""Rank, plain key, value, origin, and key as it came: a plain tuple, for some ten thousand a second."""

_UNRANKED: Final = 1_000
_NOBODY: Final[_Told] = (_UNRANKED, "", "", "", "")


def _ranks(*lists: str) -> dict[str, int]:
    return {key: rank for rank, key in enumerate(" ".join(lists).split())}


_SERVICE: Final = _ranks(DECLARED_SERVICE, DERIVED_SERVICE)
_ENVIRONMENT: Final = _ranks(ENVIRONMENT, ENVIRONMENT_HINT)
_PLACE: Final = _ranks(REGION, ZONE)
_ACCOUNT: Final = _ranks(ACCOUNT)
_DERIVED: Final = len(DECLARED_SERVICE.split())
_HINT: Final = len(ENVIRONMENT.split())
_ZONE: Final = len(REGION.split())


@lru_cache(maxsize=4_096)
def _meaning(key: str) -> _Meaning | None:
    """What a key says, whatever its case and punctuation, or None for the many that say nothing."""
    plain = _PUNCTUATION.sub("", key.lower())
    kind = RESOURCE_KINDS.get(plain, "")
    ranks = [table.get(plain, _UNRANKED) for table in (_SERVICE, _ENVIRONMENT, _PLACE, _ACCOUNT)]
    return _Meaning(plain, kind, *ranks) if kind or min(ranks) < _UNRANKED else None


Facts: TypeAlias = Sequence[tuple[str, Mapping[str, str]]]
"""Such as ("tag", {...}), ("dimension", {...}), most trusted first; keys and values bounded in length."""


def attribute(facts: Facts) -> Attribution:
    """Who and where an alert is. The reason is origin and key, such as "dimension FunctionName"."""
    service = environment = place = account = _NOBODY
    resources: set[str] = set()
    for origin, entries in facts:
        for key, value in entries.items():
            meaning = _meaning(key)
            if meaning is None or value in NO_VALUE:
                continue
            plain, kind, as_service, as_environment, as_place, as_account = meaning
            if kind:
                resources.add(resource_of(kind, value))
            if as_service < service[0]:
                service = (as_service, plain, value, origin, key)
            if as_environment < environment[0]:
                environment = (as_environment, plain, value, origin, key)
            if as_place < place[0]:
                place = (as_place, plain, value, origin, key)
            if as_account < account[0]:
                account = (as_account, plain, value, origin, key)
    service_name, service_reason = _resolved(facts, service, _SERVICE, _service_of)
    environment_name, environment_reason = _resolved(facts, environment, _ENVIRONMENT, _environment_of)
    return Attribution(
        service=service_name,
        service_reason=service_reason,
        environment=environment_name,
        environment_reason=environment_reason,
        region=_region_of(place),
        account=account[2].strip()[:64],
        resources=tuple(sorted(resources)),
    )


def environment_of_name(name: str) -> tuple[str, str]:
    """The environment that an alert's own name tells, and the reason: "name prefix prod-"; or "" twice."""
    part = find_environment(name)
    if part is None:
        return "", ""
    match part.place:
        case "prefix":
            return part.environment, f"name prefix {part.word}-"
        case "suffix":
            return part.environment, f"name suffix -{part.word}"
        case _:
            return part.environment, f"name part {part.word}"


def _resolved(
    facts: Facts, best: _Told, ranks: Mapping[str, int], resolve: Callable[[_Told], str]
) -> tuple[str, str]:
    """What the best one tells, and why; where it says nothing after all, what the next best does."""
    if best is _NOBODY:
        return "", ""
    if name := resolve(best):
        return name, f"{best[3]} {best[4]}"
    for told in sorted(_all_told(facts, ranks)):
        if name := resolve(told):
            return name, f"{told[3]} {told[4]}"
    return "", ""


def _all_told(facts: Facts, ranks: Mapping[str, int]) -> Iterator[_Told]:
    for origin, entries in facts:
        for key, value in entries.items():
            if (meaning := _meaning(key)) and meaning.plain in ranks and value not in NO_VALUE:
                yield ranks[meaning.plain], meaning.plain, value, origin, key


def _service_of(told: _Told) -> str:
    """The service that a value names, in lower case: AWS keeps the case of names, other sources do not."""
    rank, plain, value, _, _ = told
    kind = RESOURCE_KINDS.get(plain, "")
    name = (resource_name(kind, value) if kind else value[:LONGEST].strip()).lower()
    if name.endswith(EXPORTERS) or (name in SIDECARS and "container" in plain):
        return ""
    if rank < _DERIVED:
        return name
    if plain == "servicename" and _AWS_PRODUCT.fullmatch(value):
        return ""
    return strip_kind_suffix(kind, without_environment(strip_kind_suffix(kind, name)))


def _environment_of(told: _Told) -> str:
    rank, _, value, _, _ = told
    if value in SPELLINGS:
        return SPELLINGS[value]
    if rank < _HINT and _OWN_WORD.fullmatch(value):
        return canonical_environment(value)[:64]
    part = find_environment(value[:LONGEST])
    return part.environment if part else ""


def _region_of(told: _Told) -> str:
    lowered = told[2].strip().lower()[:64]
    return lowered[:-1] if told[0] >= _ZONE and _AWS_ZONE.fullmatch(lowered) else lowered
