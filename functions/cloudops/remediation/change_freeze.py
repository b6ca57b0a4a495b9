"""Change freezes: when nothing is to be changed, where, and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import msgspec

from cloudops.core.errors import BadInput
from cloudops.core.time import SECOND, EpochMillis

MAX_FREEZES: Final = 50

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""ISO 8601 with its offset."""


class Freeze(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """From `starts_at` until `ends_at`, which is outside. No environments or services means all of them."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    starts_at: Moment
    ends_at: Moment
    environments: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def holds(self, service: str, environment: str, now: EpochMillis) -> bool:
        return (
            self.starts_at.timestamp() * SECOND <= now < self.ends_at.timestamp() * SECOND
            and (not self.environments or environment in self.environments)
            and (not self.services or service in self.services)
        )


def parse_freezes(text: str) -> tuple[Freeze, ...]:
    """From a JSON list of {reason, startsAt, endsAt, environments, services}. BadInput says which and why."""
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
    """The one that holds now, the one that lasts longest where several do."""
    holding = [one for one in freezes if one.holds(service, environment, now)]
    return max(holding, key=lambda one: one.ends_at, default=None)
