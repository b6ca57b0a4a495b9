"""What a source answers that is asked for all its alerts."""

from typing import NamedTuple, Protocol

from cloudops.domain.alert import Instant, Unreadable
from cloudops.domain.errors import CloudOpsError
from cloudops.domain.reconciliation import Listing


class Pulled(NamedTuple):
    """A listing, what of it could not be read, and the error that cut it short, if one did."""

    listing: Listing
    unreadable: tuple[Unreadable, ...] = ()
    error: CloudOpsError | None = None


class AlertSource(Protocol):
    @property
    def name(self) -> str: ...

    def listing(self, now: Instant) -> Pulled:
        """Raises nothing that concerns the source alone: half a listing is worth having."""
        ...
