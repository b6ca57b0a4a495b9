"""Sources that are asked, with what a test has them tell."""

from collections.abc import Sequence

from cloudops.alerts.alert import Alert
from cloudops.catalog.discovered import DiscoverySnapshot
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import EpochMillis
from cloudops.ingestion.polling import PollResult
from cloudops.ingestion.reconciliation import Listing


class SilentSource:
    """Tells of no alert, and names no place where it would have."""

    def __init__(self, name: str) -> None:
        self.name = name

    def listing(self, now: EpochMillis) -> PollResult:
        return PollResult(Listing(self.name, now, (), complete=True))


class TellingSource:
    """Tells of these alerts, which are all that there are in their accounts and regions; with an error, of
    those that came before it."""

    def __init__(self, name: str, alerts: Sequence[Alert], error: CloudOpsError | None = None) -> None:
        self.name = name
        self.alerts = tuple(alerts)
        self.error = error
        self.places: frozenset[tuple[str, str]] = frozenset((one.account, one.region) for one in alerts)

    def listing(self, now: EpochMillis) -> PollResult:
        listing = Listing(self.name, now, self.alerts, self.error is None, self.places)
        return PollResult(listing, (), self.error)


class EmptyDiscovery:
    """Finds nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        return DiscoverySnapshot(source=self.name, at=now)


class FixedDiscovery:
    """Finds what it is given, or fails."""

    def __init__(self, found: DiscoverySnapshot, error: CloudOpsError | None = None) -> None:
        self.name = found.source
        self.found = found
        self.error = error

    def discover(self, now: EpochMillis) -> DiscoverySnapshot:
        if self.error:
            raise self.error
        return self.found


class SlowSync:
    """A sync that goes on for longer than a request can wait."""

    def sync(self, names: Sequence[str], now: EpochMillis) -> None:
        return None
