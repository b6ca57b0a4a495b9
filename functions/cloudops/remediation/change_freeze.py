"""Change freezes: periods in which no action runs, for some environments and services or for all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import msgspec

from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND, EpochMillis

MAX_FREEZES: Final = 50
"""Change freezes of one deployment; they are passed in one environment variable."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time in ISO 8601, with its UTC offset."""


class Freeze(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A change freeze from `starts_at` (included) to `ends_at` (excluded). Empty `environments` or `services`
    mean all."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    starts_at: Moment
    ends_at: Moment
    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def holds(self, service: str, environment: str, now: EpochMillis) -> bool:
        """Returns whether the freeze applies to the service in the environment now."""
        return (
            self.starts_at.timestamp() * SECOND <= now < self.ends_at.timestamp() * SECOND
            and (not self.environments or environment in self.environments)
            and (not self.services or service in self.services)
        )


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


def freeze_of(freezes: Iterable[Freeze], service: str, environment: str, now: EpochMillis) -> Freeze | None:
    """Returns the freeze that applies now, the one that ends last if there are several, or None."""
    active = [one for one in freezes if one.holds(service, environment, now)]
    return max(active, key=lambda one: one.ends_at, default=None)
