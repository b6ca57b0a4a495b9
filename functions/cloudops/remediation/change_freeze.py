"""Change freezes: periods in which no action runs, for some environments and services or for all.

A freeze fails closed. Names are compared in their canonical form. An unknown environment of a target is
covered by every freeze, and a name that no service or environment has counts as all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from cloudops.alerts.environments import PRODUCTION, canonical_environment, is_production
from cloudops.catalog.inventory import ServiceInventory
from cloudops.catalog.names import CatalogNames
from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND, EpochMillis

MAX_FREEZES: Final = 50
"""Change freezes of one deployment; they are passed in one environment variable."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time in ISO 8601, with its UTC offset."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Freeze(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A change freeze from `starts_at` (included) to `ends_at` (excluded). Empty `environments` or `services`
    mean all."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    starts_at: Moment
    ends_at: Moment
    environments: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()

    @property
    def title(self) -> str:
        """Names the freeze in reasons, and in the record of a person who lifts it."""
        return f"change freeze until {self.ends_at:%Y-%m-%d %H:%M %Z}: {self.reason}"

    def is_active(self, now: EpochMillis) -> bool:
        """Returns whether `now` is in the period of the freeze."""
        return self.starts_at.timestamp() * SECOND <= now < self.ends_at.timestamp() * SECOND

    def covers(self, service: str, environment: str, names: CatalogNames) -> bool:
        """Returns whether the freeze is for the service in the environment.

        Args:
            service: The name of the service, or an alias.
            environment: The environment of the target, "" if it is not known.
            names: The names of the catalog.
        """
        return self._covers_environment(environment, names) and self._covers_service(service, names)

    def unknown_names(self, names: CatalogNames) -> tuple[str, ...]:
        """Returns the services and environments of the freeze that do not exist, in the order of the file."""
        return (
            *(one for one in self.environments if not names.knows_environment(one)),
            *(one for one in self.services if not names.knows_service(one)),
        )

    def _covers_environment(self, environment: str, names: CatalogNames) -> bool:
        frozen = {canonical_environment(one) for one in self.environments}
        return (
            not frozen
            or not environment
            or canonical_environment(environment) in frozen
            or (is_production(environment) and PRODUCTION in frozen)
            or not all(map(names.knows_environment, frozen))
        )

    def _covers_service(self, service: str, names: CatalogNames) -> bool:
        frozen = {names.service(one) for one in self.services}
        return not frozen or names.service(service) in frozen or not all(map(names.knows_service, frozen))


class FreezeState(msgspec.Struct, frozen=True, kw_only=True):
    """A change freeze, whether it is active now, and the names in it that are not known.

    With an unknown service it covers every service, with an unknown environment every environment.
    """

    freeze: Freeze
    active: bool
    unknown_names: tuple[str, ...]


class ChangeFreezes:
    """The change freezes of the deployment, with the names of the current catalog."""

    def __init__(self, freezes: Sequence[Freeze], inventory: Callable[[], ServiceInventory]) -> None:
        self._freezes = freezes
        self._inventory = inventory

    def list(self, now: EpochMillis) -> tuple[FreezeState, ...]:
        """Returns the freezes that are active or ahead, by their start."""
        names = CatalogNames(self._inventory())
        return tuple(
            FreezeState(freeze=one, active=one.is_active(now), unknown_names=one.unknown_names(names))
            for one in sorted(self._freezes, key=lambda one: one.starts_at)
            if now < one.ends_at.timestamp() * SECOND
        )

    def holding(self, service: str, environment: str, now: EpochMillis) -> tuple[Freeze, ...]:
        """Returns the freezes that cover the service in the environment now, the one that ends last first."""
        active = [one for one in self._freezes if one.is_active(now)]
        if not active:
            return ()
        names = CatalogNames(self._inventory())
        covering = (one for one in active if one.covers(service, environment, names))
        return tuple(sorted(covering, key=lambda one: one.ends_at, reverse=True))


def parse_freezes(text: str) -> tuple[Freeze, ...]:
    """Parses a JSON list of {reason, startsAt, endsAt, environments, services}; "" is no freeze.

    Raises:
        BadInput: The text is invalid, lists more than `MAX_FREEZES`, or a freeze ends before it starts;
            names the field.
    """
    try:
        freezes = msgspec.json.decode(text or "[]", type=tuple[Freeze, ...])
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInput(f"freezes: {error}", field="freezes") from error
    if len(freezes) > MAX_FREEZES:
        raise BadInput(f"freezes: {len(freezes)} of at most {MAX_FREEZES}", field="freezes")
    for index, freeze in enumerate(freezes):
        if freeze.ends_at <= freeze.starts_at:
            raise BadInput(f"freezes[{index}]: ends before it starts", field=f"freezes[{index}].endsAt")
    return freezes


def with_known_names(freezes: Iterable[Freeze], names: CatalogNames) -> tuple[Freeze, ...]:
    """Returns the freezes with canonical names.

    Raises:
        BadInput: A name is not known; names its field and the nearest known name.
    """
    return tuple(
        replace(
            freeze,
            environments=tuple(
                names.known_environment(one, f"freezes[{index}].environments[{number}]")
                for number, one in enumerate(freeze.environments)
            ),
            services=tuple(
                names.known_service(one, f"freezes[{index}].services[{number}]")
                for number, one in enumerate(freeze.services)
            ),
        )
        for index, freeze in enumerate(freezes)
    )
