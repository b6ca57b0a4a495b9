"""Alert sources and discovery with fixed results."""

from collections.abc import Sequence

from cloudops.alerts.alert import Alert
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollResult
from cloudops.ingestion.reconciliation import Listing


class EmptySource:
    """Lists no alerts and covers no account and region."""

    def __init__(self, name: str) -> None:
        self.name = name

    def listing(self, now: EpochMillis) -> PollResult:
        return PollResult(Listing(self.name, now, (), complete=True))


class FixedSource:
    """Lists the given alerts, which are all alerts of their accounts and regions.

    With an error the listing is incomplete: the alerts are those before the error.
    """

    def __init__(self, name: str, alerts: Sequence[Alert], error: CloudOpsError | None = None) -> None:
        self.name = name
        self.alerts = tuple(alerts)
        self.error = error
        self.places: frozenset[tuple[str, str]] = frozenset((one.account, one.region) for one in alerts)

    def listing(self, now: EpochMillis) -> PollResult:
        listing = Listing(self.name, now, self.alerts, self.error is None, self.places)
        return PollResult(listing, (), self.error)


class EmptyDiscovery:
    """Discovers nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        return DiscoverySnapshot(source=self.name, at=now)


class FixedDiscovery:
    """Returns the given snapshot, or raises the given error."""

    def __init__(self, snapshot: DiscoverySnapshot, error: CloudOpsError | None = None) -> None:
        self.name = snapshot.source
        self.snapshot = snapshot
        self.error = error

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        if self.error:
            raise self.error
        return self.snapshot


class SlowSync:
    """A source sync that takes longer than a request can wait."""

    def sync(self, names: Sequence[str], now: EpochMillis) -> None:
        return None
