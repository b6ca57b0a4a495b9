"""Endpoint of change freezes: list those that are active or ahead."""

from datetime import datetime

from cloudops.api.context import Context
from cloudops.api.endpoint import Endpoint, query
from cloudops.api.schemas import Timestamp, View
from cloudops.core.time import SECOND, EpochMillis
from cloudops.identity.access import Role
from cloudops.remediation.change_freeze import FreezeState


class FreezeView(View):
    """A change freeze; empty `environments` or `services` mean all. `unknownNames` are those that no service
    and no environment has: with one, the freeze covers every service or every environment."""

    reason: str
    starts_at: Timestamp
    ends_at: Timestamp
    environments: tuple[str, ...]
    services: tuple[str, ...]
    active: bool
    unknown_names: tuple[str, ...]


class FreezesView(View):
    freezes: tuple[FreezeView, ...]


@query("/api/freezes", Role.VIEWER)
def list_freezes(context: Context) -> FreezesView:
    """List change freezes.

    Those that are active or ahead, with the names in them that the catalog does not know.
    """
    states = context.application.freezes.list(context.now)
    return FreezesView(freezes=tuple(_freeze_view(one) for one in states))


def _freeze_view(state: FreezeState) -> FreezeView:
    freeze = state.freeze
    return FreezeView(
        reason=freeze.reason,
        starts_at=_epoch_millis(freeze.starts_at),
        ends_at=_epoch_millis(freeze.ends_at),
        environments=freeze.environments,
        services=freeze.services,
        active=state.active,
        unknown_names=state.unknown_names,
    )


def _epoch_millis(moment: datetime) -> EpochMillis:
    return round(moment.timestamp() * SECOND)


ENDPOINTS: tuple[Endpoint, ...] = (list_freezes,)
