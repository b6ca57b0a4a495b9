"""Health of polled sources and of Slack: last success, last error, counts of the last success."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from cloudops.core.errors import CloudOpsError, KeyMissing, Refused
from cloudops.core.ids import IncidentId
from cloudops.core.time import HOUR, MINUTE, EpochMillis

MAX_ERROR = 300
"""Characters of an error that are stored."""


class SourceKind(StrEnum):
    """What a source provides: alerts, or services and their dependencies."""

    ALERTS = "alerts"
    DISCOVERY = "discovery"


SOURCES: Final[Mapping[str, SourceKind]] = {
    "cloudwatch": SourceKind.ALERTS,
    "datadog": SourceKind.ALERTS,
    "ecs": SourceKind.DISCOVERY,
    "lambda": SourceKind.DISCOVERY,
    "asg": SourceKind.DISCOVERY,
    "application-signals": SourceKind.DISCOVERY,
    "xray": SourceKind.DISCOVERY,
    "datadog-services": SourceKind.DISCOVERY,
}
"""Name of the adapter -> what it provides."""


def names_of(kind: SourceKind) -> tuple[str, ...]:
    return tuple(name for name, one in SOURCES.items() if one is kind)


POLL_INTERVALS: Final[Mapping[SourceKind, EpochMillis]] = {
    SourceKind.ALERTS: 5 * MINUTE,
    SourceKind.DISCOVERY: HOUR,
}
"""Milliseconds between two scheduled polls of a source."""
MISSED_POLLS: Final = 3
"""Polls that may fail to happen before the health of a source is unknown."""


class SourceState(StrEnum):
    """The result of the latest poll. `STALE`: it succeeded, and the polls after it did not happen, so that
    the health of the source is unknown."""

    NEVER_POLLED = "never_polled"
    HEALTHY = "healthy"
    STALE = "stale"
    CREDENTIALS_MISSING = "credentials_missing"
    ACCESS_DENIED = "access_denied"
    FAILING = "failing"


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Health of one source. `counts` are of the last success, `failures` the failed attempts since."""

    name: str
    state: SourceState = SourceState.NEVER_POLLED
    polled_at: EpochMillis | None = None
    succeeded_at: EpochMillis | None = None
    failed_at: EpochMillis | None = None
    error: str = ""
    failures: int = 0
    counts: dict[str, int] = {}


def health_at(health: SourceHealth, kind: SourceKind, now: EpochMillis) -> SourceHealth:
    """Returns the health as it is now: a success counts until `MISSED_POLLS` polls are missing."""
    until = (health.polled_at or 0) + MISSED_POLLS * POLL_INTERVALS[kind]
    if health.state is SourceState.HEALTHY and now > until:
        return replace(health, state=SourceState.STALE)
    return health


def after_success(before: SourceHealth, at: EpochMillis, counts: dict[str, int]) -> SourceHealth:
    return replace(
        before, state=SourceState.HEALTHY, polled_at=at, succeeded_at=at, error="", failures=0, counts=counts
    )


def after_failure(before: SourceHealth, at: EpochMillis, error: CloudOpsError) -> SourceHealth:
    """Returns the health after a failed attempt. Time and counts of the last success stay."""
    match error:
        case KeyMissing():
            state = SourceState.CREDENTIALS_MISSING
        case Refused():
            state = SourceState.ACCESS_DENIED
        case _:
            state = SourceState.FAILING
    return replace(
        before,
        state=state,
        polled_at=at,
        failed_at=at,
        error=error.message[:MAX_ERROR],
        failures=before.failures + 1,
    )


class SyncResult(msgspec.Struct, frozen=True, rename="camel"):
    """Result of a source sync.

    `incident_ids` are the incidents of the firing alerts, `accepted` is the number of those alerts, new
    or known. `parked_incidents` are open, but take no new alerts for want of room."""

    health: tuple[SourceHealth, ...] = ()
    incident_ids: tuple[IncidentId, ...] = ()
    accepted: int = 0
    parked_incidents: int = 0


class SourceSync(Protocol):
    """Port to the source sync: the function of its own in the API, the use case in that function."""

    def sync(self, names: Sequence[str], now: EpochMillis) -> SyncResult | None:
        """Polls these sources now. Returns None if that takes longer than a caller can wait; it then
        goes on."""
        ...


class SourceStore(Protocol):
    def health(self) -> dict[str, SourceHealth]:
        """Returns the health by name, of the sources that were polled at least once."""
        ...

    def keep_health(self, health: SourceHealth) -> None: ...


SLACK = "slack"


class DestinationHealth:
    """Records how deliveries to Slack do, with one write a change of state."""

    def __init__(self, store: SourceStore) -> None:
        self._store = store
        self._known: SourceHealth | None = None

    def record(self, error: CloudOpsError | None, now: EpochMillis) -> bool:
        """Records the result of a call to Slack, and returns whether the state changed."""
        if self._known is None:
            self._known = self._store.health().get(SLACK, SourceHealth(name=SLACK))
        before = self._known
        after = after_failure(before, now, error) if error else after_success(before, now, {})
        if after.state is before.state:
            return False
        self._store.keep_health(after)
        self._known = after
        return True
