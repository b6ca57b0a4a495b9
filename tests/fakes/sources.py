"""Sources that are asked, with what a test has them tell."""

from collections.abc import Sequence

from cloudops.alerts.alert import Alert
from cloudops.catalog.discovered import Survey
from cloudops.core.errors import CloudOpsError
from cloudops.core.time import Instant
from cloudops.ingestion.polling import Pulled
from cloudops.ingestion.reconciliation import Listing


class SilentSource:
    """Tells of no alert, and names no place where it would have."""

    def __init__(self, name: str) -> None:
        self.name = name

    def listing(self, now: Instant) -> Pulled:
        return Pulled(Listing(self.name, now, (), complete=True))


class TellingSource:
    """Tells of these alerts, which are all that there are in their accounts and regions; with an error, of
    those that came before it."""

    def __init__(self, name: str, alerts: Sequence[Alert], error: CloudOpsError | None = None) -> None:
        self.name = name
        self.alerts = tuple(alerts)
        self.error = error
        self.places: frozenset[tuple[str, str]] = frozenset((one.account, one.region) for one in alerts)

    def listing(self, now: Instant) -> Pulled:
        listing = Listing(self.name, now, self.alerts, self.error is None, self.places)
        return Pulled(listing, (), self.error)


class SilentSurveyor:
    """Finds nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def survey(self, now: Instant) -> Survey:
        return Survey(source=self.name, at=now)


class FindingSurveyor:
    """Finds what it is given, or fails."""

    def __init__(self, found: Survey, error: CloudOpsError | None = None) -> None:
        self.name = found.source
        self.found = found
        self.error = error

    def survey(self, now: Instant) -> Survey:
        if self.error:
            raise self.error
        return self.found
