"""The declared service catalog: targets, owners, dependencies and limits of each service; parses
catalog.yaml."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec.structs import replace

from cloudops.alerts.environments import canonical_environment
from cloudops.core.errors import BadInput
from cloudops.core.taxonomy import Action

T = TypeVar("T")

MAX_LISTED_MISTAKES: Final = 10
"""Mistakes that one error message lists."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Text = Annotated[str, msgspec.Meta(max_length=255)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Link = Annotated[str, msgspec.Meta(pattern=r"^(https?://\S{1,2000})?$")]
AccountId = Annotated[str, msgspec.Meta(pattern=r"^(\d{12})?$")]


class Platform(StrEnum):
    EKS = "eks"
    ECS = "ecs"
    LAMBDA = "lambda"
    ASG = "asg"


class Workload(StrEnum):
    """Kind of an EKS target. CloudOps does not act on workloads of other kinds."""

    DEPLOYMENT = "deployment"
    STATEFUL_SET = "statefulset"


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Base of the parts of a catalog. Unknown keys are refused."""


class Limits(_Record, frozen=True, forbid_unknown_fields=True):
    """What remediation may do to a target. None means no limit; no `actions` means any action.

    `max_step` is the number of replicas, tasks or instances that one execution may add or remove. For
    `abandoned_version_days` no rollback returns to a version that an execution left.
    """

    actions: tuple[Action, ...] = ()
    min_count: Count | None = None
    max_count: Count | None = None
    max_step: Count | None = None
    min_healthy_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    cooldown_minutes: Count | None = None
    abandoned_version_days: Annotated[int, msgspec.Meta(ge=0, le=90)] | None = None


class Target(_Record, frozen=True, forbid_unknown_fields=True):
    """One resource that runs a service.

    `name` is the platform's name of the ECS service, function, group or workload. `alias` is the alias of a
    Lambda function that receives the calls; it is required if the function has several.
    """

    platform: Platform
    name: Name
    account: AccountId = ""
    region: Text = ""
    environment: Text = ""
    cluster: Text = ""
    namespace: Text = ""
    alias: Text = ""
    workload: Workload = Workload.DEPLOYMENT
    limits: Limits | None = None

    @property
    def place(self) -> tuple[str, ...]:
        """Identifies the target: no two targets share it."""
        return (self.platform, self.account, self.region, self.cluster, self.namespace, self.name)

    def __str__(self) -> str:
        path = "/".join(part for part in (self.cluster, self.namespace, self.name) if part)
        where = " ".join(part for part in (self.account, self.region) if part)
        alias = f":{self.alias}" if self.alias else ""
        return f"{self.platform} {path}{alias}" + (f" in {where}" if where else "")


class ServiceDeclaration(_Record, frozen=True, forbid_unknown_fields=True):
    """One service. `tier` 1 is the most important; `aliases` are other names that alerts use for it."""

    owner: Text = ""
    tier: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    runbook: Link = ""
    aliases: tuple[Name, ...] = ()
    calls: tuple[Name, ...] = ()
    limits: Limits = Limits()
    targets: tuple[Target, ...] = ()


class Defaults(_Record, frozen=True, forbid_unknown_fields=True):
    """Values for targets that leave them out."""

    account: AccountId = ""
    region: Text = ""
    environment: Text = ""


class Catalog(msgspec.Struct, frozen=True):
    """Service name in lower case -> its declaration."""

    services: dict[str, ServiceDeclaration] = {}


_NEEDED: Final[Mapping[Platform, tuple[str, ...]]] = {
    Platform.EKS: ("account", "region", "environment", "cluster", "namespace"),
    Platform.ECS: ("account", "region", "environment", "cluster"),
    Platform.LAMBDA: ("account", "region", "environment"),
    Platform.ASG: ("account", "region", "environment"),
}
_AT: Final = re.compile(r" - at `(?:key in )?\$?([^`]*)`$")


def parse_catalog(tree: object) -> Catalog:
    """Parses `{"defaults": {...}, "services": {name: {...}}}`.

    Raises:
        BadInput: The document is invalid. The message lists up to MAX_LISTED_MISTAKES mistakes, each with its
        path, such as `services.checkout.targets[0].region`.
    """
    if not isinstance(tree, dict):
        raise BadInput("catalog: expected an object with the key services", field="services")
    reader = _Reader()
    for key in tree.keys() - {"defaults", "services"}:
        reader.mistake(str(key), "is no key of a catalog, which has defaults and services")
    defaults = reader.read("defaults", tree.get("defaults") or {}, Defaults) or Defaults()
    declarations = tree.get("services")
    if not isinstance(declarations, dict):
        reader.mistake("services", "must be an object: service name -> declaration")
        declarations = {}
    services: dict[str, ServiceDeclaration] = {}
    for name, body in declarations.items():
        path = f"services.{name}"
        if not isinstance(name, str) or not name.strip():
            reader.mistake(path, "the name of a service must be text, so quote it")
        elif (lowered := name.strip().lower()) in services:
            reader.mistake(path, "is declared twice (case makes no difference)")
        elif declared := reader.read(path, body or {}, ServiceDeclaration):
            services[lowered] = _completed(declared, defaults)
    for path, problem in _contradictions(services):
        reader.mistake(path, problem)
    reader.finish()
    return Catalog(services)


class _Reader:
    """Reads the parts of a catalog and collects the mistakes in them."""

    def __init__(self) -> None:
        self._mistakes: list[tuple[str, str]] = []

    def mistake(self, path: str, problem: str) -> None:
        self._mistakes.append((path, problem))

    def read(self, path: str, body: object, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(body, kind)
        except msgspec.ValidationError as error:
            problem, inner = str(error), ""
            if found := _AT.search(problem):
                problem, inner = problem[: found.start()], found.group(1)
            self.mistake(path + inner, problem[:1].lower() + problem[1:])
            return None

    def finish(self) -> None:
        if not self._mistakes:
            return
        lines = [f"{path}: {problem}" for path, problem in self._mistakes[:MAX_LISTED_MISTAKES]]
        if len(self._mistakes) > MAX_LISTED_MISTAKES:
            lines.append(f"and {len(self._mistakes) - MAX_LISTED_MISTAKES} more")
        raise BadInput("catalog: " + "; ".join(lines), field=self._mistakes[0][0])


def _completed(declared: ServiceDeclaration, defaults: Defaults) -> ServiceDeclaration:
    return replace(
        declared,
        aliases=tuple(alias.strip().lower() for alias in declared.aliases),
        calls=tuple(name.strip().lower() for name in declared.calls),
        targets=tuple(
            replace(
                target,
                account=target.account or defaults.account,
                region=target.region or defaults.region,
                environment=canonical_environment(target.environment or defaults.environment),
            )
            for target in declared.targets
        ),
    )


def _contradictions(services: Mapping[str, ServiceDeclaration]) -> Iterator[tuple[str, str]]:
    """Yields mistakes between parts that are valid each alone."""
    places: dict[tuple[str, ...], str] = {}
    names: dict[str, str] = {}
    for name, declared in services.items():
        for index, target in enumerate(declared.targets):
            path = f"services.{name}.targets[{index}]"
            for key in _NEEDED[target.platform]:
                if not getattr(target, key):
                    yield f"{path}.{key}", f"an {target.platform} target needs it, here or in defaults"
            if (first := places.setdefault(target.place, path)) != path:
                yield path, f"is the same target as {first}"
        for index, alias in enumerate(declared.aliases):
            path = f"services.{name}.aliases[{index}]"
            if alias in services:
                yield path, f"{alias!r} is a service itself"
            if (owner := names.setdefault(alias, name)) != name:
                yield path, f"{alias!r} is an alias of {owner} too"
        limits = declared.limits
        if None not in (limits.min_count, limits.max_count) and limits.min_count > limits.max_count:  # type: ignore[operator]
            yield f"services.{name}.limits.minCount", "is above maxCount"
