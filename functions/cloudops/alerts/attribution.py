"""Decides which service, environment, region and account an alert is about, and gives the reason.

The knowledge is ordered data: of all tags, dimensions and labels that could name the service, the key that
comes first in the list wins; of equal keys, the one from the most trusted origin.
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
from cloudops.alerts.generated_names import (
    GENERATED_KINDS,
    NAME_CLEANERS,
    kubernetes_service,
    target_group_of,
    without_stack_suffix,
)
from cloudops.alerts.resources import (
    MAX_RESOURCE_NAME,
    RESOURCE_KINDS,
    resource_name,
    resource_of,
    strip_kind_suffix,
)
from cloudops.alerts.scrape_targets import EXPORTED, exporter_named, is_scrape_job

DECLARED_SERVICE: Final = """
    service svc ddservice microservice appkubernetesioname app application appname applicationname
    kubeappname k8sapp
"""
"""Keys that declare the service, best first, without case and punctuation."""

DERIVED_SERVICE: Final = """
    destinationworkload destinationcanonicalservice destinationservicename destinationservice destinationapp
    dstdeployment dststatefulset dstdaemonset dstservice envoyclustername consuldestinationservice
    servicename ecsservice ecsservicename kubedeployment deployment deploymentname kubestatefulset
    statefulset kubedaemonset daemonset kubeownerrefname workload
    horizontalpodautoscaler kubecronjob cronjob kubejob jobname replicaset kubereplicaset
    taskdefinitionfamily taskfamily ecstaskfamily functionname lambdafunction lambdafunctionname apiname
    statemachinearn statemachinename helmrelease targetgroup targetgroupname podname pod kubepod
    kubernetespodname containername kubecontainername ecscontainername container autoscalinggroupname
    autoscalinggroup dbclusteridentifier dbinstanceidentifier replicationgroupid cacheclusterid tablename
    queuename topicname streamname deliverystreamname loadbalancer loadbalancername domainname bucketname
    canaryname sloname persistentvolumeclaim job
"""
"""Keys of resources whose name usually contains the name of their service, best first."""

ENVIRONMENT: Final = "env environment stage envname deploymentenvironment"
"""Keys that declare the environment."""

ENVIRONMENT_HINT: Final = f"""
    environmentname kubenamespace namespace kubernetesnamespace destinationworkloadnamespace
    destinationservicenamespace dstnamespace clustername cluster kubecluster kubeclustername
    kubernetescluster ecscluster ecsclustername {DERIVED_SERVICE}
"""
"""Keys of resources whose name often contains the environment as a word."""

REGION: Final = "region awsregion cloudregion topologykubernetesioregion ec2region"
ZONE: Final = "availabilityzone az zone awsavailabilityzone topologykubernetesiozone"
ACCOUNT: Final = "awsaccount awsaccountid accountid account cloudaccountid"

NO_VALUE: Final = frozenset(
    {"", "*", "-", "n/a", "N/A", "none", "None", "null", "nil", "undefined", "unknown", "Unknown"}
)
SIDECARS: Final = frozenset({"pod", "istio-proxy", "envoy", "linkerd-proxy", "main", "app", "container"})
"""Container names that do not identify a service."""

_MAY_NAME_EXPORTER: Final = frozenset({"job", "servicename"})
"""Derived keys that, like declared ones, name the scrape target."""

_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_AWS_ZONE: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
_OWN_WORD: Final = re.compile(r"[\w -]+")
_AWS_PRODUCT: Final = re.compile(r"a(?:mazon|ws)[a-z]\w*")
"""A ServiceName of AWS/Billing or AWS/Usage: an AWS product, not a service of the user."""


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert belongs; "" for what is unknown. `resources` are sorted "kind:name" strings."""

    service: str = ""
    service_reason: str = ""
    environment: str = ""
    environment_reason: str = ""
    region: str = ""
    account: str = ""
    resources: tuple[str, ...] = ()


class _KeyRole(NamedTuple):
    """What a key can name: a kind of resource, and its ranks in the lists above (lower is better)."""

    plain: str
    kind: str
    service: int
    environment: int
    place: int
    account: int


_Fact: TypeAlias = tuple[int, str, str, str, str]
"""Rank, normalized key, value, origin, original key. A plain tuple for speed: ten thousand a second."""

_UNRANKED: Final = 1_000
_NO_FACT: Final[_Fact] = (_UNRANKED, "", "", "", "")


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
def _role_of(key: str) -> _KeyRole | None:
    """Returns the role of a key, ignoring case and punctuation, or None for the many without one."""
    plain = _PUNCTUATION.sub("", key.lower().removeprefix(EXPORTED))
    kind = RESOURCE_KINDS.get(plain, "")
    ranks = [table.get(plain, _UNRANKED) for table in (_SERVICE, _ENVIRONMENT, _PLACE, _ACCOUNT)]
    return _KeyRole(plain, kind, *ranks) if kind or min(ranks) < _UNRANKED else None


Facts: TypeAlias = Sequence[tuple[str, Mapping[str, str]]]
"""Pairs of origin and entries, such as ("tag", {...}), the most trusted first. Keys and values must be
bounded in length."""


def attribute(facts: Facts) -> Attribution:
    """Decides the service and place of an alert from its tags, dimensions and labels.

    Reasons are origin and key, such as "dimension FunctionName".
    """
    service = environment = place = account = _NO_FACT
    resources: set[str] = set()
    for origin, entries in facts:
        for key, value in entries.items():
            role = _role_of(key)
            if role is None or value in NO_VALUE:
                continue
            plain, kind, as_service, as_environment, as_place, as_account = role
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
        resources=_own_resources(resources),
    )


def environment_of_name(name: str) -> tuple[str, str]:
    """Returns the environment in an alert's name and the reason, such as "name prefix prod-"; or ("", "")."""
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


def _own_resources(resources: set[str]) -> tuple[str, ...]:
    """Returns the resources in order, without a load balancer whose target group is known: many services
    share a load balancer."""
    if any(resource.startswith("targetgroup:") for resource in resources):
        resources = {resource for resource in resources if not resource.startswith("lb:")}
    return tuple(sorted(resources))


def _resolved(
    facts: Facts, best: _Fact, ranks: Mapping[str, int], resolve: Callable[[_Fact], str]
) -> tuple[str, str]:
    """Resolves the best fact to a name and a reason; if it yields no name, the next best that does."""
    if best is _NO_FACT:
        return "", ""
    if name := resolve(best):
        return name, f"{best[3]} {best[4]}"
    for fact in sorted(_all_facts(facts, ranks)):
        if name := resolve(fact):
            return name, f"{fact[3]} {fact[4]}"
    return "", ""


def _all_facts(facts: Facts, ranks: Mapping[str, int]) -> Iterator[_Fact]:
    for origin, entries in facts:
        for key, value in entries.items():
            if (role := _role_of(key)) and role.plain in ranks and value not in NO_VALUE:
                yield ranks[role.plain], role.plain, value, origin, key


def _service_of(fact: _Fact) -> str:
    """Returns the service that a value names, in lower case: sources differ in the case of names."""
    rank, plain, value, _, key = fact
    kind = RESOURCE_KINDS.get(plain, "")
    name = (resource_name(kind, value) if kind else value[:MAX_RESOURCE_NAME].strip()).lower()
    if _names_no_service(rank, plain, name):
        return ""
    if rank < _DERIVED:
        return kubernetes_service(name) if key.startswith(EXPORTED) else name
    if plain == "job":
        return without_environment(name.rpartition("/")[2])
    if plain in NAME_CLEANERS:
        return without_environment(NAME_CLEANERS[plain](name))
    if kind == "targetgroup":
        name = target_group_of(name)
    elif kind in GENERATED_KINDS:
        name = without_stack_suffix(name)
    return strip_kind_suffix(kind, without_environment(strip_kind_suffix(kind, name)))


def _names_no_service(rank: int, plain: str, name: str) -> bool:
    """Returns whether a value names an exporter, a scrape job, a sidecar or an AWS product."""
    if (plain in _MAY_NAME_EXPORTER or rank < _DERIVED) and exporter_named(name):
        return True
    match plain:
        case "job":
            return is_scrape_job(name)
        case "servicename":
            return _AWS_PRODUCT.fullmatch(name) is not None
        case _:
            return "container" in plain and name in SIDECARS


def _environment_of(fact: _Fact) -> str:
    rank, _, value, _, _ = fact
    if value in SPELLINGS:
        return SPELLINGS[value]
    if rank < _HINT and _OWN_WORD.fullmatch(value):
        return canonical_environment(value)[:64]
    part = find_environment(value[:MAX_RESOURCE_NAME])
    return part.environment if part else ""


def _region_of(fact: _Fact) -> str:
    lowered = fact[2].strip().lower()[:64]
    return lowered[:-1] if fact[0] >= _ZONE and _AWS_ZONE.fullmatch(lowered) else lowered
